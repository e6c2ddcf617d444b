"""Files of survey tools, statistics packages and customer systems, recognised by what is in them."""
