"""Files are read and parsed in processes of their own, so that a file which breaks its parser costs that file alone."""
