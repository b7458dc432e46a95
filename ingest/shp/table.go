package shp

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

const (
	tableHeadSize   = 32
	descriptorSize  = 32
	descriptorEnd   = 0x0D
	tableEnd        = 0x1A
	deletedMark     = '*'
	languageDriver  = 29
	streamBufferLen = 1 << 16
)

// A column is one field descriptor with where its value lies in a record.
type column struct {
	field    record.Field
	kind     byte
	from, to int
	decimals int
	hidden   bool // a system column of FoxPro
}

// A table is the head of a .dbf: what stands before the first record.
type table struct {
	columns    []column
	rows       uint32 // as declared
	recordSize int
	language   byte
	version    byte
}

// A fault is a reason why one part cannot be read further. It becomes a file
// diagnostic; it is not an error of the system.
type fault struct {
	code string
	args map[string]string
}

func (f *fault) Error() string { return f.code }

func badTable(format string, args ...any) error {
	return &fault{"dbf.bad_header", map[string]string{"reason": fmt.Sprintf(format, args...)}}
}

// readTable reads the head of a .dbf up to the first record and leaves names
// undecoded in field.Name. Nothing is sized by what the head claims but by
// what was read: at most the 65,535 bytes a head can have.
//
// Source: dBASE III+ and Visual FoxPro table structure. Descriptors end at
// 0x0D; records begin at the head's size, which FoxPro pads by 263 bytes.
func readTable(r io.Reader, lim record.Limits) (*table, error) {
	var head [tableHeadSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, tooShort(err, "the head needs 32 bytes")
	}
	t := &table{
		version: head[0], rows: binary.LittleEndian.Uint32(head[4:]),
		recordSize: int(binary.LittleEndian.Uint16(head[10:])), language: head[languageDriver],
	}
	size := int(binary.LittleEndian.Uint16(head[8:]))
	if t.version&7 == 4 {
		return nil, badTable("dBASE 7 tables (version byte %#02x) are not read", t.version)
	}
	if size < tableHeadSize+1 || t.recordSize < 1 {
		return nil, badTable("head of %d bytes, records of %d", size, t.recordSize)
	}
	rest := make([]byte, size-tableHeadSize)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, tooShort(err, fmt.Sprintf("the head ends before its %d bytes", size))
	}
	for ; len(rest) >= descriptorSize && rest[0] != descriptorEnd; rest = rest[descriptorSize:] {
		if len(t.columns) == lim.MaxFields {
			return nil, &fault{"file.limit", map[string]string{"what": "fields", "limit": fmt.Sprint(lim.MaxFields)}}
		}
		t.columns = append(t.columns, readDescriptor(rest))
	}
	return t, t.place()
}

func tooShort(err error, reason string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return badTable("%s", reason)
	}
	return err
}

func readDescriptor(d []byte) column {
	name := d[:11]
	if i := bytes.IndexByte(name, 0); i >= 0 {
		name = name[:i]
	}
	c := column{kind: d[11] &^ 0x20, to: int(d[16]), decimals: int(d[17])}
	if d[11] == '0' {
		c.kind, c.hidden = '0', true
	}
	c.field = record.Field{Name: string(bytes.TrimRight(name, " ")), Width: c.to, Kind: fieldKind(c)}
	return c
}

func fieldKind(c column) record.Kind {
	switch c.kind {
	case 'N':
		if c.decimals == 0 {
			return record.Integer
		}
		return record.Decimal
	case 'F', 'B', 'O', 'Y':
		return record.Decimal
	case 'I':
		return record.Integer
	case 'D', 'T':
		return record.Date
	case 'L':
		return record.Logical
	}
	return record.Text
}

// place lays the columns out in the record. Clipper and FoxPro keep the high
// byte of a long text's width where others keep decimals; the record's size
// tells which is meant.
func (t *table) place() error {
	if sum := t.width(false); sum != t.recordSize && t.width(true) == t.recordSize {
		for i := range t.columns {
			if c := &t.columns[i]; c.kind == 'C' {
				c.to += c.decimals << 8
				c.field.Width = c.to
			}
		}
	} else if sum > t.recordSize {
		return badTable("fields take %d bytes of records of %d", sum, t.recordSize)
	}
	at := 1
	for i := range t.columns {
		c := &t.columns[i]
		c.from, c.to = at, at+c.to
		at = c.to
	}
	return nil
}

func (t *table) width(long bool) int {
	sum := 1
	for _, c := range t.columns {
		sum += c.to
		if long && c.kind == 'C' {
			sum += c.decimals << 8
		}
	}
	return sum
}

// decodeNames gives the columns their names, and says which are cut off, not
// readable, empty or the same as another.
func (t *table) decodeNames(c *codec) (notes []taohe.Diagnostic) {
	seen := map[string]bool{}
	for i := range t.columns {
		f := &t.columns[i].field
		name, cut, bad := c.decode([]byte(f.Name))
		if cut {
			notes = append(notes, taohe.Diagnostic{Code: "field.name_cut", Field: name})
		}
		if bad {
			notes = append(notes, taohe.Diagnostic{Code: "field.name_undecodable", Field: name, Args: map[string]string{"encoding": c.name}})
		}
		if name == "" {
			name = fmt.Sprintf("FIELD_%d", i+1)
			notes = append(notes, taohe.Diagnostic{Code: "field.name_empty", Field: name})
		}
		if seen[name] {
			notes = append(notes, taohe.Diagnostic{Code: "field.name_twice", Field: name})
		}
		seen[name] = true
		f.Name = name
	}
	return notes
}

// A tableReader streams the records of a .dbf behind its head.
type tableReader struct {
	r    *bufio.Reader
	t    *table
	buf  []byte
	read uint32
}

func newTableReader(r io.Reader, lim record.Limits) (*tableReader, error) {
	br := bufio.NewReaderSize(r, streamBufferLen)
	t, err := readTable(br, lim)
	if err != nil {
		return nil, err
	}
	return &tableReader{r: br, t: t, buf: make([]byte, t.recordSize)}, nil
}

// next returns the next record with its deletion mark, valid until the next
// call, and io.EOF behind the last declared one. A table that ends early gives
// a fault.
func (r *tableReader) next() ([]byte, error) {
	if r.read == r.t.rows {
		return nil, io.EOF
	}
	n, err := io.ReadFull(r.r, r.buf)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || n > 0 && r.buf[0] == tableEnd {
		return nil, &fault{"file.truncated", map[string]string{
			"part": ".dbf", "want": fmt.Sprint(r.t.rows), "got": fmt.Sprint(r.read),
		}}
	}
	if err != nil {
		return nil, err
	}
	r.read++
	return r.buf, nil
}

// surplus reads to the end and returns how many whole records stand behind the
// last declared one.
func (r *tableReader) surplus() (int64, error) {
	first, err := r.r.ReadByte()
	if err != nil {
		return 0, ignoreEOF(err)
	}
	n, err := io.Copy(io.Discard, r.r)
	if first != ' ' && first != deletedMark {
		n = 0
	} else {
		n++
	}
	return n / int64(r.t.recordSize), err
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
