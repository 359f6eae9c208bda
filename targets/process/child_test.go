package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test binary is its own child: "play ROLE DIR --lifeline=N" makes it one.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "play" {
		if err := play(os.Args[2], os.Args[3:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		os.Exit(0)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // else a child under the race detector takes a second to exit
	goleak.VerifyTestMain(m)
}

func play(role string, args []string) error {
	if role == "parent" {
		return playParent(args[0])
	}
	if role == "hang" {
		hang()
	}
	fd, err := strconv.Atoi(strings.TrimPrefix(args[len(args)-1], "--lifeline="))
	if err != nil {
		return err
	}
	if role == "supervise" {
		return Supervise(context.Background(), fd, os.Getenv("COMMAND"))
	}
	ctx, held, stop, err := Lifeline(context.Background(), fd)
	if err != nil {
		return err
	}
	defer stop()
	if len(args) > 1 {
		private, err := JoinPrivateDir(args[0])
		if err != nil {
			return err
		}
		defer private.Remove()
	}
	fmt.Fprintln(os.Stderr, "warming up")
	switch role {
	case "serve":
		signal.Ignore(syscall.SIGTERM) // it has its lifeline
	case "exit":
		return fmt.Errorf("port 80 is taken")
	case "panic":
		panic("out of cheese")
	case "babble":
		fmt.Println("Hello there")
		<-ctx.Done()
		return nil
	case "silent":
		<-ctx.Done()
		return nil
	case "leaves":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("http://127.0.0.1:1")
		<-ctx.Done()
		return fmt.Errorf("a thing is left")
	case "patient":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("http://127.0.0.1:1")
		<-ctx.Done()
		fmt.Fprintln(os.Stderr, "cannot clean up yet")
		<-held.Done()
		return fmt.Errorf("a thing is left")
	case "stubborn":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("http://127.0.0.1:1")
		hang()
	case "family":
		hang := exec.Command(os.Args[0], "play", "hang")
		if err := hang.Start(); err != nil {
			return err
		}
		fmt.Printf("http://127.0.0.1:1/%d\n", hang.Process.Pid)
		<-ctx.Done()
		return nil
	}
	fmt.Printf("http://127.0.0.1:1/%d\n", runtime.NumCPU())
	<-ctx.Done()
	fmt.Fprintln(os.Stderr, "leaving") // nobody may be there to read it
	return nil
}

// playParent starts a child that serves, says on standard output who it is, and waits to be killed.
func playParent(role string) error {
	private, err := NewPrivateDir()
	if err != nil {
		return err
	}
	p, err := Start(context.Background(), spec(role, private))
	if err != nil {
		return err
	}
	fmt.Println(p.PID, private.Path)
	hang()
	return nil
}

// hang stays until killed. (The runtime would find select{} to be a deadlock.)
func hang() {
	for {
		time.Sleep(time.Hour)
	}
}

func spec(role string, private *PrivateDir) Spec {
	s := Spec{Name: "child", Path: os.Args[0], Args: []string{"play", role}, LifelineFlag: "--lifeline", Private: private}
	if private != nil {
		s.Args = append(s.Args, private.Path)
	}
	return s
}
