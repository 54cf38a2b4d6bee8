"""How a report looks: on a wide screen, on a phone, in the dark and on paper."""

STYLE = """
:root{color-scheme:light dark;--text:#1f2328;--soft:#59636e;--line:#d8dee4;--back:#fff;--box:#f6f8fa;--new:#0b6bcb;
--old:#d4670b;--good:#1a7f37;--bad:#c0261c;font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
@media(prefers-color-scheme:dark){:root{--text:#e6edf3;--soft:#9198a1;--line:#3d444d;--back:#0d1117;--box:#161b22;
--new:#58a6ff;--old:#f0883e;--good:#3fb950;--bad:#f85149}}
*{box-sizing:border-box}
body{max-width:56rem;margin:0 auto;padding:1.5rem 1rem 3rem;color:var(--text);background:var(--back)}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
.verdict{display:inline-block;padding:.1rem .65rem;border-radius:1rem;color:#fff;background:var(--good);font-size:1rem;
font-weight:600;vertical-align:middle}
.verdict.bad{background:var(--bad)}
.reason{font-size:1.05rem;margin:.25rem 0 1rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.5rem}
.figures div{border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem;background:var(--box)}
.figures b{display:block;font-size:1.25rem;line-height:1.3}
.figures span{color:var(--soft);font-size:.85rem}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1rem}
svg{width:100%;max-width:30rem;height:auto;font:11px system-ui,sans-serif}
svg text{fill:var(--soft)}svg .title{font-weight:600;font-size:12px;fill:var(--text)}
svg .grid{stroke:var(--line)}svg .mark{stroke:var(--soft);stroke-dasharray:1 3}
svg .limit{stroke:var(--bad);stroke-dasharray:6 4}
svg polyline,svg [class^=line]{fill:none;stroke-width:2;stroke-linejoin:round}
svg .bar{fill:var(--new)}svg .bar.old{fill:var(--old)}svg .bar.good{fill:var(--good)}svg .bar.bad{fill:var(--bad)}
p.bad{color:var(--bad)}
svg .line0{stroke:var(--new)}svg .line1{stroke:var(--old)}svg .dot0{fill:var(--new)}svg .dot1{fill:var(--old)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem}
td,th{text-align:left;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600}
td:first-child{white-space:nowrap}
.number td:not(:last-child){text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
.number th:not(:last-child){text-align:right}
table.named td:first-child,table.named th:first-child{text-align:left}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--box);border:1px solid var(--line);border-radius:.5rem;
padding:.75rem;font-size:.8rem;margin:.5rem 0}
.gone{color:var(--bad)}.come{color:var(--good)}
footer{margin-top:2rem;color:var(--soft);font-size:.85rem}
@media print{:root{color-scheme:light;--text:#000;--soft:#444;--line:#bbb;--back:#fff;--box:#fff;font-size:11px}
body{max-width:none;padding:0}.charts{grid-template-columns:1fr 1fr}svg,figure,tr{break-inside:avoid}
h2{break-after:avoid}.verdict{print-color-adjust:exact;-webkit-print-color-adjust:exact}.wide{overflow:visible}}
@page{margin:15mm}
"""
