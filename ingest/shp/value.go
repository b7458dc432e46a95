package shp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/record"
)

// value reads one cell. A cell that does not hold what its column promises is
// handed over as text with a diagnostic, whose Row the caller fills.
func (c *column) value(cell []byte, codec *codec) (record.Value, *taohe.Diagnostic) {
	switch c.kind {
	case 'C':
		return c.text(cell, codec)
	case 'N', 'F':
		return c.number(cell, codec)
	case 'D':
		return c.date(cell, codec)
	case 'L':
		return c.logical(cell, codec)
	case 'I', 'B', 'O', 'Y', 'T':
		return c.binary(cell), nil
	}
	// Memo and general columns keep their content in a file of its own, which
	// is not read; the layer says so once.
	return record.Value{}, nil
}

func (c *column) text(cell []byte, codec *codec) (record.Value, *taohe.Diagnostic) {
	full := len(cell) > 0 && cell[len(cell)-1] != ' ' && cell[len(cell)-1] != 0
	if i := bytes.IndexByte(cell, 0); i >= 0 {
		cell = cell[:i]
	}
	if cell = bytes.TrimRight(cell, " "); len(cell) == 0 {
		return record.Value{}, nil
	}
	text, cut, bad := codec.decode(cell)
	v := record.Value{Kind: record.Text, Text: text}
	switch {
	case bad || cut && !full:
		return v, &taohe.Diagnostic{Code: "value.undecodable", Field: c.field.Name, Args: map[string]string{"encoding": codec.name}}
	case cut:
		return v, &taohe.Diagnostic{Code: "value.cut", Field: c.field.Name, Args: map[string]string{"value": text}}
	}
	return v, nil
}

// number keeps the digits as written. GDAL and QGIS fill NULL with asterisks,
// which other programs write for a number that did not fit: either way there
// is no number.
func (c *column) number(cell []byte, codec *codec) (record.Value, *taohe.Diagnostic) {
	cell = bytes.Trim(cell, " \x00\t")
	if len(cell) == 0 || cell[0] == '*' {
		return record.Value{}, nil
	}
	digits, decimal := numeral(cell)
	switch {
	case digits && c.kind == 'N' && c.decimals == 0:
		return record.Value{Kind: record.Integer, Text: string(cell)}, nil
	case digits || decimal:
		return record.Value{Kind: record.Decimal, Text: string(cell)}, nil
	}
	return c.misfit(cell, codec, "value.not_a_number")
}

// numeral reports whether b is an integer, or a decimal with a point or an
// exponent. Nothing else that strconv takes (hexadecimal, Inf, _) is a number.
func numeral(b []byte) (integer, decimal bool) {
	i, digits := 0, 0
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		i++
	}
	run := func() (n int) {
		for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			n++
		}
		return n
	}
	digits = run()
	if i == len(b) {
		return digits > 0, false
	}
	if b[i] == '.' {
		i++
		digits += run()
	}
	if digits > 0 && i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		if run() == 0 {
			return false, false
		}
	}
	return false, digits > 0 && i == len(b)
}

func (c *column) date(cell []byte, codec *codec) (record.Value, *taohe.Diagnostic) {
	cell = bytes.Trim(cell, " \x00")
	if len(bytes.Trim(cell, "0")) == 0 {
		return record.Value{}, nil
	}
	if t, err := time.Parse("20060102", string(cell)); err == nil {
		return record.Value{Kind: record.Date, Text: t.Format(time.DateOnly)}, nil
	}
	return c.misfit(cell, codec, "value.not_a_date")
}

func (c *column) logical(cell []byte, codec *codec) (record.Value, *taohe.Diagnostic) {
	cell = bytes.Trim(cell, " \x00")
	if len(cell) == 0 {
		return record.Value{}, nil
	}
	switch cell[0] {
	case '?':
		return record.Value{}, nil
	case 'T', 't', 'Y', 'y':
		return record.Value{Kind: record.Logical, Text: "true"}, nil
	case 'F', 'f', 'N', 'n':
		return record.Value{Kind: record.Logical, Text: "false"}, nil
	}
	return c.misfit(cell, codec, "value.not_a_logical")
}

func (c *column) misfit(cell []byte, codec *codec, code string) (record.Value, *taohe.Diagnostic) {
	text, _, _ := codec.decode(cell)
	return record.Value{Kind: record.Text, Text: text},
		&taohe.Diagnostic{Code: code, Field: c.field.Name, Args: map[string]string{"value": text}}
}

// binary reads the column types of Visual FoxPro that are not text: 32-bit
// integers, doubles, currency in ten-thousandths, and day number with time.
func (c *column) binary(cell []byte) record.Value {
	switch {
	case c.kind == 'I' && len(cell) == 4:
		return record.Value{Kind: record.Integer, Text: strconv.Itoa(int(int32(binary.LittleEndian.Uint32(cell))))}
	case len(cell) != 8:
		return record.Value{}
	case c.kind == 'Y':
		n := int64(binary.LittleEndian.Uint64(cell))
		sign := ""
		if n < 0 {
			sign = "-"
		}
		whole, part := n/10_000, n%10_000
		if n < 0 {
			whole, part = -whole, -part
		}
		return record.Value{Kind: record.Decimal, Text: fmt.Sprintf("%s%d.%04d", sign, uint64(whole), part)}
	case c.kind == 'T':
		// Day numbers count from noon of -4712-01-01; 2440588 is 1970-01-01.
		day := int64(binary.LittleEndian.Uint32(cell))
		if day == 0 || day > 5_373_484 {
			return record.Value{}
		}
		return record.Value{Kind: record.Date, Text: time.Unix((day-2_440_588)*86_400, 0).UTC().Format(time.DateOnly)}
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(cell))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return record.Value{}
	}
	return record.Value{Kind: record.Decimal, Text: strconv.FormatFloat(v, 'g', -1, 64)}
}
