"""图: pictures drawn on the server as SVG, the same on screen, in print and without scripts."""
