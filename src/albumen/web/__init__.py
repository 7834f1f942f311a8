"""The pages: plain HTML from the server, which works by itself, and modules of JavaScript that make it quicker."""
