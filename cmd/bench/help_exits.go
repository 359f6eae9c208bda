package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// exitMeaning is a code with what it means.
type exitMeaning struct {
	code    int
	meaning string
}

// exitsOf lists the codes that a command can give. Of the root they are all codes, each with the commands that give it.
func exitsOf(cmd *cobra.Command) []exitMeaning {
	var list []exitMeaning
	for _, e := range exitMeanings {
		meaning := e.meaning
		switch {
		case len(e.of) == 0, cmd.HasParent() && slices.ContainsFunc(e.of, func(of string) bool { return isOf(cmd, of) }):
		case cmd.HasParent():
			continue
		case e.of[0] != drivingCommands && e.of[0] != sendingCommands:
			meaning = "`bench " + strings.Join(e.of, "` and `bench ") + "`: " + meaning
		}
		if last := len(list) - 1; last >= 0 && list[last].code == e.code {
			list[last].meaning += "; " + meaning
			continue
		}
		list = append(list, exitMeaning{e.code, meaning})
	}
	return list
}

// isOf reports whether a command is called that, or is of that kind.
func isOf(cmd *cobra.Command, of string) bool {
	switch of {
	case drivingCommands:
		return cmd.GroupID == "drive"
	case sendingCommands:
		return drives(cmd) || cmd.Name() == "selfcheck"
	}
	return cmd.CommandPath() == "bench "+of
}

func codesOf(list []exitMeaning) []int {
	var codes []int
	for _, e := range list {
		codes = append(codes, e.code)
	}
	return codes
}

// exitTable is all codes as a Markdown table, for README.md and the topic exit-codes.
func exitTable(root *cobra.Command) string {
	list := exitsOf(root)
	var b strings.Builder
	b.WriteString("| code | meaning |\n| --- | --- |\n")
	for _, e := range list {
		fmt.Fprintf(&b, "| %d | %s |\n", e.code, e.meaning)
	}
	return b.String() + "\n" + severalExits(codesOf(list))
}
