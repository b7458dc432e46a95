package orthophoto

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestQueriesPrepare(t *testing.T) {
	t.Parallel()
	pgtest.PrepareAll(t, sqlFS)
}

// put stores content as an image of a county, in a transaction of its own; it is
// said to have more bytes than it has.
func put(t *testing.T, pool *pgxpool.Pool, content []byte, more int64) (m Image, err error) {
	t.Helper()
	day, err := taohe.ParseDate("2022-05-10")
	if err != nil {
		t.Fatal(err)
	}
	var extent []byte
	if err := pool.QueryRow(t.Context(), `select st_asewkb('srid=4490;multipolygon(((109 40,110 40,110 41,109 41,109 40)))'::geometry)`).Scan(&extent); err != nil {
		t.Fatal(err)
	}
	err = pg.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		id, err := Put(t.Context(), tx, Image{
			CountyCode: "159900", Name: "甲", ImagedOn: day, EPSG: 4490, Width: 1, Height: 1, Transform: []float64{109, 1, 0, 41, 0, -1}, PixelM: 1,
			Bytes: int64(len(content)) + more,
		}, extent, bytes.NewReader(content))
		if err == nil {
			m, err = Get(t.Context(), tx, id)
		}
		return err
	})
	return m, err
}

// An image comes back as it was put, whatever its size, and of a part of it no more
// pieces than hold it; nothing is left of one that was cut off while it was read, that is there, or that
// is deleted.
func TestPieces(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	if _, err := pool.Exec(t.Context(), `insert into county (code, name, extent) values ('159900', '示例旗', st_makeenvelope(109, 40, 110, 41, 4490))`); err != nil {
		t.Fatal(err)
	}
	content := bytes.Repeat([]byte("影像"), chunkBytes) // six pieces
	if _, err := put(t, pool, content, 1); !errors.Is(err, ErrChanged) {
		t.Errorf("a file that was cut off: %v", err)
	}
	wantRows(t, pool, 0)
	m, err := put(t, pool, append(content, '!'), 0)
	if err != nil {
		t.Fatal(err)
	}
	wantRows(t, pool, 8)
	var kept *KeptError
	if _, err := put(t, pool, append(content, '!'), 0); !errors.As(err, &kept) || hex.EncodeToString(kept.SHA256) != m.SHA256 {
		t.Errorf("the same again: %v", err)
	}
	wantRows(t, pool, 8)
	found, err := Find(t.Context(), pool, bytes.NewReader(append(content, '!')), m.Bytes)
	if err != nil || found.ID != m.ID {
		t.Errorf("found %+v, %v", found, err)
	}
	if _, err := Find(t.Context(), pool, bytes.NewReader(append(content, '?')), m.Bytes); !errors.Is(err, ErrNotFound) {
		t.Errorf("another as large: %v", err)
	}
	if _, err := Find(t.Context(), pool, nil, m.Bytes+1); !errors.Is(err, ErrNotFound) {
		t.Errorf("a larger one, without a look: %v", err)
	}
	if m.West != 109 || m.North != 41 || m.Transform[3] != 41 || m.ImagedOn.String() != "2022-05-10" || m.Bytes != int64(len(content))+1 {
		t.Errorf("%+v", m)
	}
	name := filepath.Join(t.TempDir(), "part")
	part, err := NewPartial(t.Context(), pool, m, name)
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	at := int64(2*chunkBytes - 3)
	b := make([]byte, 6)
	if _, err := part.ReadAt(b, at); err != nil || !bytes.Equal(b, content[at:at+6]) || len(part.has) != 2 {
		t.Errorf("%q of %d pieces: %v", b, len(part.has), err)
	}
	if err := part.Fetch([][2]int64{{0, m.Bytes + 100}}); err != nil || len(part.has) != 7 {
		t.Errorf("%d pieces: %v", len(part.has), err)
	}
	if whole, err := os.ReadFile(name); err != nil || !bytes.Equal(whole, append(content, '!')) {
		t.Errorf("%d bytes came back: %v", len(whole), err)
	}
	if err := Drop(t.Context(), pool, m.ID); err != nil {
		t.Fatal(err)
	}
	wantRows(t, pool, 0)
	if err := Drop(t.Context(), pool, m.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted again: %v", err)
	}
	gone, err := NewPartial(t.Context(), pool, m, name)
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close()
	if _, err := gone.ReadAt(b, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("a piece of an image that is gone: %v", err)
	}
}

func wantRows(t *testing.T, pool *pgxpool.Pool, want int) {
	t.Helper()
	var rows int
	err := pool.QueryRow(t.Context(), `select (select count(*) from orthophoto) + (select count(*) from orthophoto_chunk)`).Scan(&rows)
	if err != nil || rows != want {
		t.Errorf("%d rows, want %d: %v", rows, want, err)
	}
}
