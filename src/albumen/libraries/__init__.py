"""Libraries: folders and files, who may see them, and the originals and renditions they hold."""
