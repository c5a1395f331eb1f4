"""The design system: tokens, the frame of every page, the menu, components, charts."""
