//go:build !linux

package bench

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"
)

// watchMemory needs the proc file system.
func watchMemory(context.Context, *pgxpool.Pool, string) func() (programMB, connectionMB float64) {
	return func() (float64, float64) { return 0, 0 }
}

// processorSeconds needs the proc file system.
func processorSeconds(int) float64 { return 0 }

func serverSeconds(int) (seconds func() float64, done func()) {
	return func() float64 { return 0 }, func() {}
}
