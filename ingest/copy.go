package ingest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// batchBytes is how much of a dataset is handed to the database at a time.
// While it takes one batch and judges its polygons, the next is made ready.
const batchBytes = 4 << 20

// A batch is rows in the binary format of COPY.
type batch struct {
	bytes []byte
	// Row numbers: after the one, up to the other.
	after, to int
}

// copyRows reads the source into the dataset's table, and has PostGIS judge
// each polygon as it comes in. A few buffers go round between the reading and
// the database, so memory does not grow with the file.
func (l *loader) copyRows(ctx context.Context, tx pgx.Tx, source record.Source, n *normaliser) error {
	columns := append([]string{}, commonColumns...)
	for _, f := range l.req.spec.Fields {
		columns = append(columns, f.Name)
	}
	encoder, err := newRowEncoder(ctx, tx.Conn(), l.table, columns)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	full, empty, read := make(chan batch, 1), make(chan []byte, 3), make(chan error, 1)
	for range cap(empty) {
		// The row that fills a batch stands over; only a huge one makes it grow.
		empty <- make([]byte, 0, batchBytes+batchBytes/8)
	}
	go func() {
		defer close(full)
		read <- l.readBatches(reading, source, n, encoder, full, empty)
	}()
	for b := range full {
		if err == nil {
			if err = l.storeBatch(ctx, tx, encoder, b); err != nil {
				stop()
			}
		}
		empty <- b.bytes
	}
	// What stopped the reading says more than that it stopped.
	if readErr := <-read; err == nil {
		err = readErr
	}
	l.anyEmpty = n.anyEmpty
	l.diags.add(source.Diagnostics()...)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	for _, d := range source.Diagnostics() {
		if d.Severity() == taohe.Refused {
			return &record.RefusedError{}
		}
	}
	return nil
}

// readBatches makes batches of the source's rows until it ends or the context
// does. It runs beside the database's work, on a goroutine where a panic would
// end the whole program and every other upload with it.
func (l *loader) readBatches(ctx context.Context, source record.Source, n *normaliser, encoder *rowEncoder, full chan<- batch, empty <-chan []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic at row %d: %v\n%s", l.rowsRead, r, debug.Stack())
		}
	}()
	b := batch{bytes: (<-empty)[:0], after: n.rowNo}
	send := func() error {
		b.bytes, b.to = append(b.bytes, copyEnd...), n.rowNo
		select {
		case full <- b:
			b = batch{bytes: (<-empty)[:0], after: n.rowNo}
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for rec, err := range source.Records(ctx) {
		if err != nil {
			return err
		}
		l.rowsRead++
		if l.progress != nil && l.rowsRead%1000 == 0 {
			l.progress(l.rowsRead)
		}
		skipped := n.skipped
		row, diags, err := n.row(rec)
		if err != nil {
			return err
		}
		l.diags.add(diags...)
		if row == nil {
			if n.skipped == skipped {
				l.rowsRefused++
			}
			continue
		}
		if b.bytes, err = encoder.append(b.bytes, row); err != nil {
			return fmt.Errorf("row %d: %w", rec.Row, err)
		}
		if len(b.bytes) >= batchBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if len(b.bytes) == 0 {
		return nil
	}
	return send()
}

func (l *loader) storeBatch(ctx context.Context, tx pgx.Tx, encoder *rowEncoder, b batch) error {
	stored, err := tx.Conn().PgConn().CopyFrom(ctx, bytes.NewReader(b.bytes), encoder.sql)
	if err != nil {
		return err
	}
	if stored.RowsAffected() != int64(b.to-b.after) {
		return fmt.Errorf("%d of %d rows were stored", stored.RowsAffected(), b.to-b.after)
	}
	rows, err := tx.Query(ctx, forDataset(sqlInvalidRows, l.req.layer, l.table), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "after": b.after, "to": b.to,
	})
	if err != nil {
		return fmt.Errorf("validity: %w", err)
	}
	invalid, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return fmt.Errorf("validity: %w", err)
	}
	l.invalid = append(l.invalid, invalid...)
	return nil
}

// A rowEncoder writes rows in the binary format of COPY (PostgreSQL
// documentation, COPY, "Binary Format").
type rowEncoder struct {
	sql     string
	columns []string
	oids    []uint32
	// types is the encoder's own: a connection's is not to be used beside it.
	types *pgtype.Map
}

func newRowEncoder(ctx context.Context, conn *pgx.Conn, table string, columns []string) (*rowEncoder, error) {
	var list bytes.Buffer
	for i, c := range columns {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString(pgx.Identifier{c}.Sanitize())
	}
	described, err := conn.Prepare(ctx, "", fmt.Sprintf("select %s from %s", &list, table))
	if err != nil {
		return nil, err
	}
	// The table is as young as the transaction, so its rows can be written as
	// final, and nothing has to visit them again.
	e := &rowEncoder{sql: fmt.Sprintf("copy %s (%s) from stdin with (format binary, freeze)", table, &list), columns: columns, types: pgtype.NewMap()}
	for _, f := range described.Fields {
		e.oids = append(e.oids, f.DataTypeOID)
		// Of an extension's type the connection knows the number; see pg.Open.
		if t, ok := conn.TypeMap().TypeForOID(f.DataTypeOID); ok {
			e.types.RegisterType(&pgtype.Type{Name: t.Name, OID: t.OID, Codec: t.Codec})
		}
	}
	return e, nil
}

var (
	copySignature = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	copyEnd       = []byte{0xff, 0xff}
)

// append adds a row to rows.
func (e *rowEncoder) append(rows []byte, values []any) ([]byte, error) {
	if len(values) != len(e.oids) {
		return nil, errors.New("values and columns differ in number")
	}
	if len(rows) == 0 {
		rows = append(rows, copySignature...)
	}
	rows = binary.BigEndian.AppendUint16(rows, uint16(len(values)))
	for i, v := range values {
		at := len(rows)
		rows = append(rows, 0xff, 0xff, 0xff, 0xff)
		if v == nil {
			continue
		}
		encoded, err := e.types.Encode(e.oids[i], pgtype.BinaryFormatCode, v, rows)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", e.columns[i], err)
		}
		if encoded != nil { // nil is NULL
			rows = encoded
			binary.BigEndian.PutUint32(rows[at:], uint32(len(rows)-at-4))
		}
	}
	return rows, nil
}
