package tfbundle_test

import (
	"fmt"
	"log"

	"github.com/cellgen/cellgen/runtime/tfbundle"
)

// List what a checkpoint of TensorFlow 2 has, and read one variable.
func Example() {
	f, err := tfbundle.Open("testdata/objects")
	if err != nil {
		log.Fatal(err)
	}
	for _, info := range f.List() {
		fmt.Println(info.Name, info.DType, info.Shape)
	}
	kernel, err := f.Read("model/layer/kernel")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kernel.Values)
	// Output:
	// _CHECKPOINTABLE_OBJECT_GRAPH DT_STRING []
	// model/layer/bfloat DT_BFLOAT16 [2]
	// model/layer/bits DT_FLOAT [3 1 6]
	// model/layer/double DT_DOUBLE [2]
	// model/layer/empty DT_FLOAT [3 0]
	// model/layer/half DT_HALF [3]
	// model/layer/kernel DT_FLOAT [2 3]
	// model/layer/scalar DT_FLOAT []
	// steps DT_INT64 []
	// [0 0.33333334 0.6666667 1 1.3333334 1.6666666]
}
