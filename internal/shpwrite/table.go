package shpwrite

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/taohe-gis/taohe"
)

const (
	dbaseIII       = 0x03
	ldidGBK        = 0x4D
	maxNameBytes   = 10
	maxRecordBytes = math.MaxUint16
)

// table is the attribute side of a layer.
type table struct {
	fields   []Field
	rows     iter.Seq2[Row, error]
	count    int
	encoding Encoding
}

func newTable(l Layer, count int) (*table, error) {
	t := &table{fields: make([]Field, len(l.Fields)), rows: l.rows(), count: count, encoding: l.Encoding}
	copy(t.fields, l.Fields)
	for i := range t.fields {
		f := &t.fields[i]
		switch {
		case f.Type == 'D' && f.Width == 0:
			f.Width = 8
		case f.Type == 'L' && f.Width == 0:
			f.Width = 1
		}
		if !strings.ContainsRune("CNFDL", rune(f.Type)) {
			return nil, fmt.Errorf("field %s: type %q is not one of C, N, F, D, L", f.Name, f.Type)
		}
		if f.Width < 1 || f.Width > 254 || f.Decimals < 0 || f.Decimals >= f.Width {
			return nil, fmt.Errorf("field %s: width %d with %d decimals", f.Name, f.Width, f.Decimals)
		}
		name, err := t.encode(f.Name)
		if err != nil || len(name) == 0 || len(name) > maxNameBytes {
			return nil, fmt.Errorf("field %s: name must be 1 to %d bytes in the table's encoding", f.Name, maxNameBytes)
		}
	}
	if t.recordSize() > maxRecordBytes {
		return nil, fmt.Errorf("a record of %d bytes exceeds %d", t.recordSize(), maxRecordBytes)
	}
	return t, nil
}

func (t *table) encode(s string) ([]byte, error) {
	if t.encoding == UTF8 {
		return []byte(s), nil
	}
	b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return nil, fmt.Errorf("%q has no GBK form: %w", s, err)
	}
	return b, nil
}

func (t *table) recordSize() int {
	n := 1
	for _, f := range t.fields {
		n += f.Width
	}
	return n
}

func (t *table) header() ([]byte, error) {
	size := 32 + 32*len(t.fields) + 1
	// The date of last change is 1980-01-01, the first a zip entry can carry.
	b := []byte{dbaseIII, 80, 1, 1}
	b = binary.LittleEndian.AppendUint32(b, uint32(t.count))
	b = binary.LittleEndian.AppendUint16(b, uint16(size))
	b = binary.LittleEndian.AppendUint16(b, uint16(t.recordSize()))
	b = append(b, make([]byte, 20)...)
	if t.encoding == GBK {
		b[29] = ldidGBK
	}
	for _, f := range t.fields {
		name, err := t.encode(f.Name)
		if err != nil {
			return nil, err
		}
		var d [32]byte
		copy(d[:], name)
		d[11], d[16], d[17] = f.Type, byte(f.Width), byte(f.Decimals)
		b = append(b, d[:]...)
	}
	return append(b, 0x0D), nil
}

func (t *table) write(w io.Writer) error {
	b, err := t.header()
	if err != nil {
		return err
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	i := 0
	for row, err := range t.rows {
		if err != nil {
			return err
		}
		if len(row.Values) != len(t.fields) {
			return fmt.Errorf("row %d: %d values for %d fields", i+1, len(row.Values), len(t.fields))
		}
		b = append(b[:0], ' ')
		for j, f := range t.fields {
			if b, err = t.appendValue(b, f, row.Values[j]); err != nil {
				return fmt.Errorf("row %d, field %s: %w", i+1, f.Name, err)
			}
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
		i++
	}
	_, err = w.Write([]byte{0x1A})
	return err
}

func (t *table) appendValue(b []byte, f Field, v any) ([]byte, error) {
	text, left, err := t.text(f, v)
	if err != nil {
		return nil, err
	}
	if len(text) > f.Width {
		return nil, fmt.Errorf("%q needs %d bytes, the field has %d", v, len(text), f.Width)
	}
	pad := bytes.Repeat([]byte{' '}, f.Width-len(text))
	if left {
		return append(append(b, text...), pad...), nil
	}
	return append(append(b, pad...), text...), nil
}

// text is a value as the table holds it, and whether it is left-justified.
// NULL is written as GDAL and QGIS write it.
func (t *table) text(f Field, v any) ([]byte, bool, error) {
	switch v := v.(type) {
	case nil:
		return nullText(f), true, nil
	case string:
		text, err := t.encode(v)
		return text, f.Type == 'C', err
	case int64:
		if f.Type == 'N' && f.Decimals == 0 || f.Type == 'C' {
			return strconv.AppendInt(nil, v, 10), f.Type == 'C', nil
		}
		return t.text(f, float64(v))
	case float64:
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			return nil, false, fmt.Errorf("%v is not a number a table can hold", v)
		case f.Type == 'N':
			return strconv.AppendFloat(nil, v, 'f', f.Decimals, 64), false, nil
		case f.Type == 'F':
			return strconv.AppendFloat(nil, v, 'e', f.Decimals, 64), false, nil
		}
	case bool:
		if f.Type == 'L' {
			return []byte(map[bool]string{true: "T", false: "F"}[v]), true, nil
		}
	case taohe.Date:
		switch {
		case v.IsZero():
			return nullText(f), true, nil
		case f.Type == 'D':
			return []byte(v.Time().Format("20060102")), true, nil
		case f.Type == 'C':
			return []byte(v.String()), true, nil
		}
	}
	return nil, false, fmt.Errorf("a %T does not fit a field of type %c", v, f.Type)
}

func nullText(f Field) []byte {
	mark := map[byte]byte{'C': ' ', 'N': '*', 'F': '*', 'D': '0', 'L': '?'}[f.Type]
	return bytes.Repeat([]byte{mark}, f.Width)
}
