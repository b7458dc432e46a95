package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/demo"
	"github.com/taohe-gis/taohe/internal/pipeline"
	"github.com/taohe-gis/taohe/report"
	sampledata "github.com/taohe-gis/taohe/sample-data"
)

// demoDatabase is made anew by each demo, beside the one that holds real data.
const demoDatabase = "taohe_demo"

type demoCmd struct {
	Out string `type:"path" default:"out" help:"Folder to write the reports to."`
}

func (c *demoCmd) changes() string { return demoDatabase }

func (c *demoCmd) Run(s *session) error {
	if s.cli.DatabaseURL != "" {
		dsn, err := s.freshDatabase(s.cli.DatabaseURL, demoDatabase)
		if err != nil {
			return err
		}
		s.cli.DatabaseURL = dsn
	} else if err := s.dropPrivate(demoDatabase); err != nil {
		return err
	}
	return s.withPipeline(demoDatabase, true, func(p *pipeline.Pipeline, _ *pgxpool.Pool) error {
		return c.run(s, p)
	})
}

func (c *demoCmd) run(s *session, p *pipeline.Pipeline) error {
	manifest, err := demo.ReadManifest(sampledata.FS)
	if err != nil {
		return err
	}
	expected, err := demo.ReadExpected(sampledata.FS)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "导入%s（%s）的样例数据：\n", manifest.County.Name, manifest.County.Code)
	err = demo.Load(s.ctx, p, sampledata.FS, manifest, func(d ingest.Dataset) {
		fmt.Fprintf(s.out, "  %s %d 行，%s（%s）\n", d.Layer.Title(), d.RowsLoaded, d.Reference.Name, d.Files[0].Name)
	})
	if err != nil {
		return err
	}
	id, err := s.execute(p, pipeline.RunRequest{AsOf: manifest.AsOf}, false)
	if err != nil {
		return err
	}
	summary, err := summarise(s.ctx, p, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "\n套合完成，截止日 %s：\n\n", manifest.AsOf)
	if err := summary.print(s.out); err != nil {
		return err
	}
	if err := writeRun(s.ctx, p, summary, c.Out); err != nil {
		return err
	}
	dossier, err := s.writePapers(p, summary, c.Out)
	if err != nil {
		return err
	}
	differences, figures, worst, err := demo.Check(s.ctx, p, id, expected)
	if err != nil {
		return err
	}
	for _, d := range differences {
		fmt.Fprintln(s.out, "与构造值不符：", d)
	}
	if len(differences) > 0 {
		return &exitError{1, fmt.Sprintf("%d 处与 expected.json 不符", len(differences))}
	}
	fmt.Fprintf(s.out, "\n%d 个数字与构造样例时推导的数值逐一相符，最大相差 %.6f 亩（允许 %g 亩）。\n", figures, worst, expected.ToleranceMu)
	fmt.Fprintf(s.out, "报告写在 %s：run.json、mines/*.json、mines/*.geojson、ledger.csv（附件1 各栏）；附件1 annex1.xlsx、附件2 annex2.docx、一矿一案 %s，套合图 map-*.png。\n", c.Out, dossier)
	_, err = fmt.Fprintf(s.out, "下一步：%s serve --database %s，然后打开 http://127.0.0.1:8080/v1/mines；或用 QGIS 打开 %s/mines 中的 GeoJSON。\n", os.Args[0], demoDatabase, c.Out)
	return err
}

// writePapers writes 附件1, 附件2 and the dossier and map of the mine with the
// most findings, and returns the name of the dossier.
func (s *session) writePapers(p *pipeline.Pipeline, of *summary, dir string) (dossier string, err error) {
	scope := pipeline.PaperScope{RunID: of.ID}
	form, err := p.Annex1(s.ctx, scope)
	if err != nil {
		return "", err
	}
	if err := writeFile(filepath.Join(dir, "annex1.xlsx"), func(w io.Writer) error { return report.WriteAnnex1XLSX(w, form) }); err != nil {
		return "", err
	}
	outline, err := p.Annex2(s.ctx, scope)
	if err != nil {
		return "", err
	}
	if err := writeFile(filepath.Join(dir, "annex2.docx"), func(w io.Writer) error { return report.WriteAnnex2DOCX(w, outline) }); err != nil {
		return "", err
	}
	most := slices.MaxFunc(of.Mines, func(a, b mineSummary) int { return len(a.Findings) - len(b.Findings) })
	d, err := p.Dossier(s.ctx, of.ID, most.LicenceNo)
	if err != nil {
		return "", err
	}
	sheet := mapFlags{Paper: "A4", Orientation: "auto", DPI: pipeline.DossierDPI}
	if d.Map, err = sheet.picture(s, p, d.Mine); err != nil {
		return "", err
	}
	if d.Map != nil {
		picture := filepath.Join(dir, "map-"+most.LicenceNo+".png")
		if err := writeFile(picture, func(w io.Writer) error { _, err := w.Write(d.Map); return err }); err != nil {
			return "", err
		}
	}
	dossier = "dossier-" + most.LicenceNo + ".docx"
	return dossier, writeFile(filepath.Join(dir, dossier), func(w io.Writer) error { return report.WriteDossierDOCX(w, *d) })
}

// dropPrivate drops a database of the private cluster, so that it can be made
// anew.
func (s *session) dropPrivate(name string) error {
	return s.withDatabase("postgres", true, func(dsn string) error {
		conn, err := pgx.Connect(s.ctx, dsn)
		if err != nil {
			return err
		}
		defer conn.Close(s.ctx)
		return dropDatabase(s, conn, name)
	})
}

// freshDatabase makes a database anew on the server of a URL and returns its
// own.
func (s *session) freshDatabase(dsn, name string) (string, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "", fmt.Errorf("DATABASE_URL: %w", err)
	}
	conn, err := pgx.ConnectConfig(s.ctx, cfg)
	if err != nil {
		return "", err
	}
	defer conn.Close(s.ctx)
	if cfg.Database == name {
		return "", &exitError{2, "DATABASE_URL 指向演示库本身，请改为同一服务器上的其他库。"}
	}
	if err := dropDatabase(s, conn, name); err != nil {
		return "", err
	}
	if _, err := conn.Exec(s.ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", fmt.Errorf("the demo makes a database of its own, %s: %w", name, err)
	}
	return withDatabaseName(dsn, name), nil
}

func dropDatabase(s *session, conn *pgx.Conn, name string) error {
	_, err := conn.Exec(s.ctx, "drop database if exists "+pgx.Identifier{name}.Sanitize()+" with (force)")
	return err
}

// withDatabaseName is a connection string with another database.
func withDatabaseName(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		u.Path = "/" + name
		return u.String()
	}
	// Of a repeated keyword the last one counts.
	return dsn + " dbname=" + name
}
