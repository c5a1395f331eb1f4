"""Where the drug is, in pictures: maps, profiles, fans, and the spine itself."""

from thecal.csf.pictures.courses import draw_courses
from thecal.csf.pictures.fans import draw_cohort
from thecal.csf.pictures.spine import Scale, Shade, courses_svg, spine_svg

__all__ = ["Scale", "Shade", "courses_svg", "draw_cohort", "draw_courses", "spine_svg"]
