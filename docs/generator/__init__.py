"""The reference's pages, a module for each room that they document."""
