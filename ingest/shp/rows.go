package shp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/ingest/archive"
	"github.com/taohe-gis/taohe/ingest/record"
)

// Records implements record.Source. Rows are paired in the files' order; a
// deleted row takes its shape with it. Where either part ends early the rows
// before are handed over, and the layer's Diagnostics then hold why.
func (l *Layer) Records(ctx context.Context) iter.Seq2[record.Record, error] {
	return func(yield func(record.Record, error) bool) {
		l.met = nil
		p := &pass{layer: l, yield: yield, shape: shapeDecoder{limits: l.limits}}
		err := p.run(ctx)
		p.close()
		var (
			f       *fault
			refused *record.RefusedError
		)
		switch {
		case errors.Is(err, errStopped):
			return
		case errors.As(err, &f):
			l.report(f.code, f.args)
		case errors.As(err, &refused):
			l.met = append(l.met, refused.Diagnostics...)
		case err != nil:
			yield(record.Record{}, fmt.Errorf("layer %s: %w", l.name, err))
			return
		}
		p.summary()
	}
}

func (l *Layer) report(code string, args map[string]string) {
	l.met = append(l.met, taohe.Diagnostic{Code: code, Args: args})
}

// errStopped says that the caller wants no more rows.
var errStopped = errors.New("stopped by the caller")

// A pass is one reading of a layer.
type pass struct {
	layer  *Layer
	yield  func(record.Record, error) bool
	shape  shapeDecoder
	closed []io.Closer
	rows   *tableReader // nil without a .dbf
	shapes *shapeReader

	row        int
	read       int64 // shapes read
	ended      bool  // the shapes were read to their clean end
	first      uint32
	counted    int64 // record numbers that count up one by one
	constant   int64 // record numbers equal to the first
	reversed   int   // polygons with a ring the wrong way round
	measured   int   // shapes with measures
	texts      witness
	attributes []record.Attribute
}

func (p *pass) open(ext string, b *archive.Budget) (io.Reader, error) {
	r, err := p.layer.parts[ext].Open(b)
	if err != nil {
		return nil, err
	}
	p.closed = append(p.closed, r)
	return r, nil
}

func (p *pass) close() {
	for _, c := range p.closed {
		// Nothing was written; what mattered was said by Read.
		_ = c.Close()
	}
}

func (p *pass) start() error {
	l := p.layer
	budget := archive.NewBudget(l.limits)
	var index *indexReader
	if l.index.order == indexGaps {
		r, err := p.open(".shx", budget)
		if err != nil {
			return err
		}
		if index, err = newIndexReader(r); err != nil {
			return err
		}
	}
	r, err := p.open(".shp", budget)
	if err != nil {
		return err
	}
	if p.shapes, err = newShapeReader(r, index, l.limits); err != nil || l.table == nil {
		return err
	}
	if r, err = p.open(".dbf", budget); err != nil {
		return err
	}
	p.rows, err = newTableReader(r, l.limits)
	return err
}

func (p *pass) run(ctx context.Context) error {
	if err := p.start(); err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.row == p.layer.limits.MaxRows {
			return &fault{"file.limit", map[string]string{"what": "rows", "limit": fmt.Sprint(p.row)}}
		}
		cells, err := p.nextRow()
		if errors.Is(err, io.EOF) {
			return p.finish()
		}
		if err != nil {
			return err
		}
		content, err := p.nextShape()
		if errors.Is(err, io.EOF) {
			return p.shapesMissing()
		}
		if err != nil {
			return err
		}
		p.row++
		if cells != nil && cells[0] == deletedMark {
			continue
		}
		if !p.yield(p.record(cells, content), nil) {
			return errStopped
		}
	}
}

// nextRow returns nil cells without an error where there is no table.
func (p *pass) nextRow() ([]byte, error) {
	if p.rows == nil {
		return nil, nil
	}
	return p.rows.next()
}

func (p *pass) nextShape() ([]byte, error) {
	content, err := p.shapes.next()
	if errors.Is(err, errTrailing) {
		p.layer.report("shp.trailing_bytes", map[string]string{"offset": fmt.Sprint(p.shapes.pos)})
		if err := p.shapes.drain(); err != nil {
			return nil, err
		}
		err = io.EOF
	}
	if err != nil {
		p.ended = p.ended || errors.Is(err, io.EOF)
		return nil, err
	}
	n := p.shapes.number
	if p.read == 0 {
		p.first = n
	}
	if int64(n) == int64(p.first)+p.read {
		p.counted++
	}
	if n == p.first {
		p.constant++
	}
	p.read++
	return content, nil
}

func (p *pass) record(cells, content []byte) record.Record {
	r := record.Record{Row: p.row, Geometry: p.shape.decode(content)}
	r.Diagnostics = p.shape.notes
	if p.shape.reversed {
		p.reversed++
	}
	if p.shape.measured {
		p.measured++
	}
	if cells != nil {
		p.attributes = p.attributes[:0]
		t := p.layer.table
		t.witness(&p.texts, cells)
		for i := range t.columns {
			c := &t.columns[i]
			if c.hidden {
				continue
			}
			v, d := c.value(cells[c.from:c.to], p.layer.codec)
			if d != nil {
				r.Diagnostics = append(r.Diagnostics, *d)
			}
			p.attributes = append(p.attributes, record.Attribute{Name: c.field.Name, Value: v})
		}
		r.Attributes = p.attributes
	}
	for i := range r.Diagnostics {
		r.Diagnostics[i].Row = p.row
	}
	return r
}

// shapesMissing is called where the shapes ended before the rows.
func (p *pass) shapesMissing() error {
	if p.shapes.pos < p.shapes.declared {
		p.ended = false
		return p.shapes.truncated(0)
	}
	if p.rows == nil {
		return nil
	}
	rows := int64(p.row) + 1
	for {
		_, err := p.rows.next()
		if errors.Is(err, io.EOF) {
			return countsDiffer(p.read, rows)
		}
		if err != nil {
			return err
		}
		rows++
	}
}

func countsDiffer(shapes, rows int64) error {
	return &fault{"shp.counts_differ", map[string]string{"shapes": fmt.Sprint(shapes), "rows": fmt.Sprint(rows)}}
}

// finish is called behind the last row: what else is in either part?
func (p *pass) finish() error {
	surplus, err := p.rows.surplus()
	if err != nil {
		return err
	}
	rows := int64(p.row)
	for {
		_, err := p.nextShape()
		if errors.Is(err, io.EOF) {
			break
		}
		var f *fault
		if errors.As(err, &f) && f.code == "shp.damaged" && p.read == rows {
			// Every row has its shape: what follows is padding, not a loss.
			p.layer.report("shp.trailing_bytes", f.args)
			if err = p.shapes.drain(); err == nil {
				break
			}
		}
		if err != nil {
			return err
		}
	}
	switch {
	case p.read != rows:
		return countsDiffer(p.read, rows)
	case surplus > 0:
		p.layer.report("dbf.surplus_rows", map[string]string{"declared": fmt.Sprint(rows), "surplus": fmt.Sprint(surplus)})
	}
	return nil
}

// summary reports what is said once of a whole layer.
func (p *pass) summary() {
	l := p.layer
	if p.shapes != nil && p.ended && p.shapes.index == nil && p.shapes.pos != p.shapes.declared {
		l.report("shp.length_header", map[string]string{"want": fmt.Sprint(p.shapes.declared), "got": fmt.Sprint(p.shapes.pos)})
	}
	if p.reversed > 0 {
		l.report("ring.orientation", map[string]string{"rows": fmt.Sprint(p.reversed)})
	}
	if p.measured > 0 {
		l.report("geometry.measures_dropped", map[string]string{"rows": fmt.Sprint(p.measured)})
	}
	disordered := p.counted != p.read && p.constant != p.read
	if code := l.index.verdict(disordered, p.read); p.ended && code != "" {
		l.report(code, nil)
	}
	if l.encoding.Name != nameUTF8 && l.encoding.How != "content" && p.texts.texts > 0 && p.texts.utf8() {
		l.report("text.encoding_doubtful", map[string]string{"encoding": l.encoding.Name, "how": l.encoding.How})
	}
}
