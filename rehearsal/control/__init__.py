"""The control plane: moto behind an overlay that refuses, keeps and adds what AWS does and moto does not."""
