// TextCodec
