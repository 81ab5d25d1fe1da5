// Package corpus turns text into the symbols that a language model reads: bytes, characters or
// words. It has the text's vocabulary, its split into a part to train on and a part that is held
// out, and the batches of training.
//
//	text, err := corpus.Text{Files: []string{"a.txt"}}.Read(corpus.MaxText)
//	training, heldOut := corpus.Split(text, 0.1)
//	vocabulary, err := corpus.NewVocabulary(corpus.Bytes, text, 0)
//	symbols, err := vocabulary.Encode(training)
//	stripes, err := corpus.NewStripes(symbols, 32, 64)
//
// A vocabulary has only the symbols that occur. Words follow the convention of the Penn Treebank
// of Mikolov et al.: blanks separate them, each line ends in a word <eos>, and a word that the
// vocabulary does not have is <unk>.
package corpus
