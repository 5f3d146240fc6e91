"""How the reader (``rag/reader.onnx``) is trained, exported and fused with the other evidence."""
