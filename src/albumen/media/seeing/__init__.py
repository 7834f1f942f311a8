"""What is to be seen in a picture: text, objects, faces.  A decoded picture in, facts out; needs `albumen[ml]`."""
