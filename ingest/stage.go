package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"

	"github.com/taohe-gis/taohe/geo"
	"github.com/taohe-gis/taohe/ingest/format"
	"github.com/taohe-gis/taohe/ingest/record"
	"github.com/taohe-gis/taohe/internal/pg"
)

// A Staging is an upload whose words were found right and whose dataset is
// begun; Load does the work.
type Staging struct {
	DatasetID int64
	// PutBack may be nil. It is asked about an error that ended Load: when it
	// says so, the dataset is left as it was, to be loaded again (Resume).
	PutBack func(ctx context.Context, err error) bool

	req    *request
	pool   *pgxpool.Pool
	baseID int64 // the version an addition builds on
}

// Begin checks what the sender says and begins a dataset. Faults come back as
// a *RequestError, and then nothing is stored.
func Begin(ctx context.Context, pool *pgxpool.Pool, u Upload) (*Staging, error) {
	req, err := u.check(ctx, pool)
	if err != nil {
		return nil, err
	}
	constants, err := json.Marshal(nonNil(u.Set))
	if err != nil {
		return nil, fmt.Errorf("begin dataset: %w", err)
	}
	var coverage []byte
	if u.Coverage != nil {
		if coverage, err = groundEWKB(u.Coverage); err != nil {
			return nil, fmt.Errorf("begin dataset: %w", err)
		}
	}
	s := &Staging{req: req, pool: pool}
	if req.Mode != ModeReplace {
		if s.baseID, err = baseOf(ctx, pool, Dataset{CountyCode: u.County, Layer: req.layer, Source: req.Source, Vintage: u.Vintage}); err != nil {
			return nil, fmt.Errorf("begin dataset: %w", err)
		}
		if s.baseID == 0 {
			return nil, &RequestError{Faults: []Fault{{"mode", "nothing-to-add-to", "没有可以追加或更新的已验收数据（时点不晚于本次），请用 replace 上传完整图层。"}}}
		}
	}
	err = pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, sqlBeginDataset.SQL(), pgx.StrictNamedArgs{
			"county_code": u.County, "layer": string(req.layer), "source": req.Source, "vintage": u.Vintage,
			"constants": constants, "coverage": coverage, "mode": req.Mode, "base_id": nullID(s.baseID), "owner": u.Owner,
		}).Scan(&s.DatasetID)
	})
	if err != nil {
		return nil, fmt.Errorf("begin dataset: %w", err)
	}
	return s, nil
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

func nonNil(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// Load reads the file into the dataset, all or nothing. A file that is refused
// leaves a refused dataset and no error: what is wrong with it is in the
// dataset's diagnostics. A broken system, or a cancelled context, leaves a
// failed dataset and returns the error. progress is told the rows read so far,
// now and then; it may be nil.
func (s *Staging) Load(ctx context.Context, progress func(rows int)) error {
	l := &loader{Staging: s, progress: progress}
	err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return l.load(ctx, tx) })
	var refused *record.RefusedError
	if err == nil {
		return nil
	}
	// The server's word for what ended a COPY hides why it was ended.
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w: %w", cause, err)
	}
	if s.PutBack != nil && s.PutBack(ctx, err) {
		return fmt.Errorf("load dataset %d: %w", s.DatasetID, err)
	}
	status, text := "failed", failureOf(ctx, err)
	if errors.As(err, &refused) {
		status, text = "refused", ""
		l.diags.add(refused.Diagnostics...)
	}
	// The cause may be the context; the dataset's end must be written all the
	// same, but not wait for ever on a database that is gone.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	endErr := pg.InTx(end, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(end, sqlEndDataset.SQL(), pgx.StrictNamedArgs{
			"dataset_id": s.DatasetID, "status": status, "error": nullable(text),
			"rows_read": l.rowsRead, "rows_refused": l.rowsRefused,
		})
		if err != nil || status != "refused" {
			return err
		}
		if l.sum != nil {
			if err := l.addFile(end, tx); err != nil {
				return err
			}
		}
		return l.diags.write(end, tx, s.DatasetID)
	})
	if status == "refused" {
		return endErr
	}
	return errors.Join(fmt.Errorf("load dataset %d: %w", s.DatasetID, err), endErr)
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// loader is one run of Load.
type loader struct {
	*Staging
	progress              func(rows int)
	diags                 collected
	rowsRead, rowsRefused int

	mapping   Mapping
	layerName string
	sum       []byte
	bytes     int64
	// rowNo and fileNo are the last taken over from the version an addition
	// builds on.
	rowNo, fileNo int
	// table is where the rows go, named as SQL writes it; invalid are the
	// numbers of those whose polygons are not valid.
	table   string
	invalid []int
	// anyEmpty says that there may be rows without ground.
	anyEmpty bool
	whole    *whole // of the file's rows
}

func (l *loader) tableArgs() pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{"layer": string(l.req.layer), "county_code": l.req.County, "dataset_id": l.DatasetID}
}

func (l *loader) load(ctx context.Context, tx pgx.Tx) error {
	if err := l.hash(ctx); err != nil {
		return err
	}
	source, closer, err := l.open(ctx)
	if err != nil {
		return err
	}
	defer closer.Close()
	l.layerName = source.Name()
	placing, remarks, err := settlePlacing(source, &l.req.county, wording{crs: l.req.crs, fix: l.req.Fix, shift: l.req.Shift})
	l.diags.add(remarks...)
	if err != nil {
		return err
	}
	mapping, err := l.mapColumns(ctx, tx, source)
	if err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, sqlCreateTable.SQL(), l.tableArgs()).Scan(&l.table); err != nil {
		return fmt.Errorf("create table: %w", err)
	}
	if err := l.takeOver(ctx, tx); err != nil {
		return err
	}
	if err := l.describe(ctx, tx, placing.reference, source.Encoding(), mapping); err != nil {
		return err
	}
	n := &normaliser{req: l.req, placing: placing, ground: l.req.county.ground(), dataset: l.DatasetID, rowNo: l.rowNo, fileNo: l.fileNo + 1, reader: attributeReader{mapping: mapping}, whole: newWhole()}
	l.whole = &n.whole
	if err := l.copyRows(ctx, tx, source, n); err != nil {
		return err
	}
	l.diags.add(n.units.diagnostics()...)
	if err := l.judgeWhole(source, n); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlAttachTable.SQL(), l.tableArgs()); err != nil {
		return fmt.Errorf("attach table: %w", err)
	}
	if err := l.settle(ctx, tx); err != nil {
		return err
	}
	return l.finish(ctx, tx)
}

// hash takes the SHA-256 of the file as it was sent.
func (l *loader) hash(ctx context.Context) error {
	f, err := os.Open(l.req.Path)
	if err != nil {
		return fmt.Errorf("open upload: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, contextReader{ctx, f})
	if err != nil {
		return fmt.Errorf("hash upload: %w", err)
	}
	l.sum, l.bytes = h.Sum(nil), n
	return nil
}

type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func (l *loader) open(ctx context.Context) (record.Source, io.Closer, error) {
	sources, closer, err := format.OpenContext(ctx, l.req.Path, format.Options{
		FileName: l.req.FileName, Encoding: l.req.Encoding, Layer: l.req.LayerName, Limits: l.req.Limits,
	})
	if err != nil {
		return nil, nil, err
	}
	if len(sources) == 1 {
		return sources[0], closer, nil
	}
	closer.Close()
	var names []string
	for _, s := range sources {
		names = append(names, s.Name())
	}
	return nil, nil, record.Refuse("file.several_layers", map[string]string{"layers": strings.Join(names, "、")})
}

func (l *loader) describe(ctx context.Context, tx pgx.Tx, reference Reference, encoding record.Encoding, mapping Mapping) error {
	if err := l.addFile(ctx, tx); err != nil {
		return err
	}
	var texts [3][]byte
	for i, v := range []any{reference, encoding, mapping} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		texts[i] = b
	}
	_, err := tx.Exec(ctx, sqlDescribeDataset.SQL(), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "reference": texts[0], "encoding": texts[1], "mapping": texts[2],
		"column_shape": mapping.shape,
	})
	return err
}

func (l *loader) addFile(ctx context.Context, tx pgx.Tx) error {
	name := l.req.FileName
	if name == "" {
		name = filepath.Base(l.req.Path)
	}
	_, err := tx.Exec(ctx, sqlAddFile.SQL(), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "file_no": l.fileNo + 1, "name": storable(name), "layer_name": storable(l.layerName),
		"sha256": l.sum, "bytes": l.bytes,
	})
	return err
}

// judgeWhole refuses what no single row could: a file without rows, one whose
// rows are all refused, one whose ground is all somewhere else.
func (l *loader) judgeWhole(source record.Source, n *normaliser) error {
	switch {
	case l.rowsRead == 0 && !l.req.AllowEmpty:
		return record.Refuse("layer.empty", nil)
	case l.rowsRead > 0 && n.outside == l.rowsRead:
		return record.Refuse("crs.all_outside_county", map[string]string{
			"crs": n.placing.crs.Name, "county": l.req.county.Name, "candidates": candidates(source, &l.req.county),
		})
	case l.rowsRead > 0 && n.rowNo == l.rowNo:
		return record.Refuse("layer.all_rows_refused", map[string]string{"rows": strconv.Itoa(l.rowsRead)})
	}
	return nil
}

func (l *loader) finish(ctx context.Context, tx pgx.Tx) error {
	t, err := l.totals(ctx, tx)
	if err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, sqlFinishStaging.SQL(), pgx.StrictNamedArgs{
		"dataset_id": l.DatasetID, "rows_read": l.rowsRead, "rows_refused": l.rowsRefused,
		"rows": t.Rows, "held": t.Held, "ellipsoidal_area_m2": t.EllipsoidalAreaM2,
		"west": t.West, "south": t.South, "east": t.East, "north": t.North,
	})
	if err != nil {
		return fmt.Errorf("finish: %w", err)
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("finish: dataset %d is no longer loading", l.DatasetID)
	}
	return l.diags.write(ctx, tx, l.DatasetID)
}

// groundEWKB is ground a person gave, in EPSG:4490, with dense edges as those of
// data have.
func groundEWKB(ground *geom.MultiPolygon) ([]byte, error) {
	crs, err := geo.FromEPSG(geo.StoreSRID)
	if err != nil {
		return nil, err
	}
	dense, err := geo.ToStore(ground, crs)
	if err != nil {
		return nil, err
	}
	return ewkb.Marshal(dense, ewkb.NDR)
}

// pointEWKB is a little-endian EWKB point in EPSG:4490.
func pointEWKB(p *[2]float64) []byte {
	b := []byte{1}
	b = binary.LittleEndian.AppendUint32(b, 1|0x20000000)
	b = binary.LittleEndian.AppendUint32(b, geo.StoreSRID)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
}
