// Package tfbundle reads TensorFlow's checkpoints, of format V2: PREFIX.index says what tensors
// there are, and PREFIX.data-00000-of-00001, and so on, have their numbers. Both tf.train.Saver
// and tf.train.Checkpoint write them.
//
// DT_FLOAT, DT_DOUBLE, DT_HALF and DT_BFLOAT16 are read as float32. Other types, such as those
// of counters and of the graph of objects, are listed, and are an error when they are read. So
// are variables that were saved in slices: restore them in TensorFlow, and save them whole.
// Checksums of the index and of each tensor are compared.
package tfbundle
