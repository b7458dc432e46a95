package api_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A database that is full, going down or broken, at every statement: no real
// one can be brought to fail on demand under each operation. It speaks the
// protocol and nothing else; what it answers is a code of PostgreSQL.
func failingDatabase(t *testing.T, code string) *pgxpool.Pool {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var clients sync.WaitGroup
	clients.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			clients.Go(func() {
				defer conn.Close()
				refuse(conn, code)
			})
		}
	})
	cfg, err := pgxpool.ParseConfig("postgres://taohe@" + l.Addr().String() + "/taohe?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		pool.Close()
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		clients.Wait()
	})
	return pool
}

// inside is what no client may read.
const inside = "table secret_of_the_database"

// refuse lets a client in and refuses all it asks for.
func refuse(conn net.Conn, code string) {
	b := pgproto3.NewBackend(conn, conn)
	if _, err := b.ReceiveStartupMessage(); err != nil {
		return
	}
	b.Send(&pgproto3.AuthenticationOk{})
	b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	refused := false
	for b.Flush() == nil {
		m, err := b.Receive()
		if err != nil {
			return
		}
		switch m.(type) {
		case *pgproto3.Terminate:
			return
		case *pgproto3.Sync:
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
			refused = false
		case *pgproto3.Query:
			b.Send(&pgproto3.ErrorResponse{Severity: "ERROR", Code: code, Message: inside})
			b.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
		default:
			if !refused {
				b.Send(&pgproto3.ErrorResponse{Severity: "ERROR", Code: code, Message: inside})
			}
			refused = true
		}
	}
}
