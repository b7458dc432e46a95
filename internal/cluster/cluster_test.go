package cluster

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"
)

func TestStartTry(t *testing.T) {
	dir, _ := os.MkdirTemp("", "taohe-c")
	os.Chmod(dir, 0o711)
	for range 2 {
		b := time.Now()
		c, err := Start(context.Background(), Config{DataDir: dir, Durable: true, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
		if err != nil {
			t.Fatal(err)
		}
		t.Log(time.Since(b), c.DSN("x"))
		if err := c.EnsureDatabase(t.Context(), "taohe"); err != nil {
			t.Fatal(err)
		}
		b = time.Now()
		c.Stop(context.Background())
		t.Log(time.Since(b))
	}
	os.Stdout.WriteString("")
	x, _ := os.ReadFile(dir + "/server.log")
	t.Log(string(x))
}
