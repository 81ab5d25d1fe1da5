package main

func (r *report) plot(threads int, file string) error { return nil }
