"""The alarm drill: causes what alarms are for, and looks whether they ring, tell, and fall silent again."""
