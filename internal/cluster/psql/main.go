// Command psql opens PostgreSQL's psql on the private cluster of a data
// directory: on the running one when a program has it open, else on one
// started for as long as psql runs. Further arguments go to psql.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/taohe-gis/taohe/internal/cluster"
)

func main() {
	dir := flag.String("data-dir", "", "data directory; the default one when empty")
	database := flag.String("database", "taohe", "database to open; made when it is not there")
	flag.Parse()
	// Ctrl-C ends a statement in psql, and must not end this program under it.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *dir, *database, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "psql:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir, database string, args []string) (err error) {
	if dir == "" {
		if dir, err = cluster.DefaultDataDir(); err != nil {
			return err
		}
	}
	c, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, c.Stop(stopping))
	}()
	if err := c.EnsureDatabase(ctx, database); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "psql", append(args, c.DSN(database))...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

func open(ctx context.Context, dir string) (*cluster.Cluster, error) {
	c, err := cluster.Start(ctx, cluster.Config{
		DataDir: dir, Durable: true, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	var inUse *cluster.InUseError
	if errors.As(err, &inUse) {
		return cluster.Attach(ctx, dir)
	}
	return c, err
}
