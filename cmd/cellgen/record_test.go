package main

import "flag"

var record = flag.Bool("record", false, "write the hashes of TestBits, where bits are meant to change, and what commands of the page print")
