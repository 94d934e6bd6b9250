// Tokenize
