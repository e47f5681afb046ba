"""The documentation as a site with a search, built by Zensical."""
