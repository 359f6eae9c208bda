package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// hideArgument overwrites a value in the memory that the kernel shows as this process's arguments.
// Where the system does not allow that the argument stays.
func hideArgument(value string) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return
	}
	const argStart = 48 - 3 // its number in proc_pid_stat(5), less that of the first field behind the command
	_, rest, _ := strings.Cut(string(stat[bytes.LastIndexByte(stat, ')'):]), " ")
	fields := strings.Fields(rest)
	if len(fields) <= argStart {
		return
	}
	start, err := strconv.ParseInt(fields[argStart], 10, 64)
	if err != nil || start == 0 {
		return
	}
	shown, err := os.ReadFile("/proc/self/cmdline")
	if err != nil {
		return
	}
	memory, err := os.OpenFile("/proc/self/mem", os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer memory.Close()
	for at := 0; ; at += len(value) {
		i := bytes.Index(shown[at:], []byte(value))
		if i < 0 {
			return
		}
		at += i
		if _, err := memory.WriteAt(bytes.Repeat([]byte{'*'}, len(value)), start+int64(at)); err != nil {
			return
		}
	}
}
