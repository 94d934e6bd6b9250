// SeqModel
