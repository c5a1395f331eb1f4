"""A patient's course: doses and outcomes on one axis of time, to zoom into and to read off.

The figures are Bokeh's, drawn by its script from its wheel; what they show is the overview's.
"""
