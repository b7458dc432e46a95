// Command taohe overlays mining rights, land approvals and protected ground
// with the disturbance seen on imagery, and reports what each mine occupies
// beyond what it was granted.
//
// This package is configuration and wiring only.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/taohe-gis/taohe/ingest"
	"github.com/taohe-gis/taohe/internal/pg"
	"github.com/taohe-gis/taohe/internal/watch"
)

// version is set by the linker for a release.
var version = "dev"

// cli is the command line. What it takes from the environment is named beside
// each flag in the help.
type cli struct {
	DatabaseURL string        `name:"database-url" env:"DATABASE_URL" help:"PostGIS ≥ 3.3 to use. Without it a private cluster is kept in the data directory."`
	Replica     []string      `env:"TAOHE_REPLICAS" sep:";" placeholder:"URL" help:"Streaming replica of that database, to read reports and lists from; repeatable, in the environment separated by semicolons."`
	ReplicaWait time.Duration `env:"TAOHE_REPLICA_WAIT" default:"100ms" help:"How long a read waits for a replica that is behind before it goes to the database itself."`
	DataDir     string        `env:"TAOHE_DATA_DIR" type:"path" help:"Where the private cluster lives. Default: /var/lib/taohe as root, ~/.local/share/taohe otherwise."`
	Database    string        `env:"TAOHE_DATABASE" default:"taohe" help:"Database in the private cluster."`
	Workers     int           `env:"TAOHE_WORKERS" default:"2" help:"Mines computed at a time."`
	Campaign    string        `env:"TAOHE_CAMPAIGN" type:"path" placeholder:"FILE" help:"Campaign file of the ledger; the one of 2022 by default."`
	Verbose     bool          `short:"v" help:"Log what the program does; the same as --log-level debug."`
	LogLevel    string        `env:"TAOHE_LOG_LEVEL" enum:"debug,info,warn,error" default:"warn" help:"Least of what is logged: debug, info (each request), warn, error."`
	LogFormat   string        `env:"TAOHE_LOG_FORMAT" enum:"text,json" default:"text" help:"Lines of the log as text, or as JSON."`
	PrintConfig bool          `help:"Print what the command would run with, secrets blanked, and where each value comes from; run nothing."`

	Demo    demoCmd    `cmd:"" help:"Load the sample county, run the overlay, print a line per mine, and hold the figures against those it was made from."`
	Inspect inspectCmd `cmd:"" help:"Say what is in a file, without a database: layers, reference system and how it was known, fields, areas, faults."`
	County  countyCmd  `cmd:"" help:"Register and list counties."`
	Import  importCmd  `cmd:"" help:"Read a file into a staged dataset."`
	Accept  acceptCmd  `cmd:"" help:"Accept a staged dataset."`
	Discard discardCmd `cmd:"" help:"Delete a dataset that was not accepted, and the what-if runs that read it."`

	Orthophoto  orthophotoCmd  `cmd:"" help:"Images of the ground that are kept to lie beneath maps: add, list, drop."`
	Timeline    timelineCmd    `cmd:"" help:"The accepted versions of a county's layers, and from when until when each is in force."`
	History     historyCmd     `cmd:"" help:"What was done with a dataset, when and by whom."`
	Diagnostics diagnosticsCmd `cmd:"" help:"What was found in the files of a dataset, row by row, as CSV, GeoJSON or JSON."`

	Run        runCmd        `cmd:"" help:"Run all rules over all mines for an as-of date."`
	Report     reportCmd     `cmd:"" help:"Print one mine's violation report, or write its dossier."`
	Paper      paperCmd      `cmd:"" help:"Write the papers that go upwards: 附件1, 附件2, the monthly briefing; and the dossiers of many mines."`
	Diff       diffCmd       `cmd:"" help:"Say how a run differs from one before: findings born, gone, grown, shrunk, moved, and why."`
	Explain    explainCmd    `cmd:"" help:"Print the whole chain behind one finding: rule, images, approvals, sums, files and rows, corners."`
	Statistics statisticsCmd `cmd:"" help:"Count what a run found and what the ledger holds: mines, ground by class, findings by rule, items by state, and the trend over image dates."`
	Ledger     ledgerCmd     `cmd:"" help:"Items followed until they are put right: fed from runs, confirmed, measured again, closed by two persons."`
	Verify     verifyCmd     `cmd:"" help:"Recompute the ledger's chain of hashes, and the seals and digests of runs from what is stored; name what is not as it was written."`
	Jobs       jobsCmd       `cmd:"" help:"Work that was asked for over HTTP and is not waited for: papers of many mines, feeds, measurements."`
	Copies     copiesCmd     `cmd:"" help:"Generalised copies of layers, which maps are drawn of from afar: how far they are, make, cancel."`
	Drop       dropCmd       `cmd:"" help:"Delete a what-if run."`
	Account    accountCmd    `cmd:"" help:"Who may sign in, with which role and counties."`
	Token      tokenCmd      `cmd:"" help:"What programs sign in with."`
	Audit      auditCmd      `cmd:"" help:"Who changed what, signed in, or took something out: newest first."`
	Serve      serveCmd      `cmd:"" help:"Serve the HTTP API; on loopback only until there is an account."`
	Worker     workerCmd     `cmd:"" help:"Compute runs, and load uploads, that a service on the same database took; as many as wanted, on any machine."`
	Migrate    migrateCmd    `cmd:"" help:"Bring the database to this program's schema."`
	Real       realCmd       `cmd:"" help:"Try public layers that others made against figures computed elsewhere."`
	Version    versionCmd    `cmd:"" help:"Print the version."`

	Doctor  doctorCmd  `cmd:"" help:"Look at versions, settings, indexes, disks, clock, fonts and programs, and say what to do."`
	Backup  backupCmd  `cmd:"" help:"Write the database into a folder, all of one moment, with a manifest that a restored one is held against."`
	Restore restoreCmd `cmd:"" help:"Make a backup the content of an empty database, and recompute the chain and the digests."`
}

// session is what a command works in.
type session struct {
	cli    *cli
	ctx    context.Context
	out    io.Writer
	errOut io.Writer
	log    *slog.Logger
	// command is the name of one that changes data, and what of which: both empty
	// for one that reads.
	command, what string
}

// exitError is an exit status with a message already fit for a person.
type exitError struct {
	status  int
	message string
}

func (e *exitError) Error() string { return e.message }

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the program: it returns the exit status. 0 is success, 1 a failure,
// 2 input or usage that was refused.
func run(args []string, out, errOut io.Writer) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("taohe"), kong.Writers(out, errOut), kong.UsageOnError(),
		kong.Description("套合: mining rights and approvals overlaid with the ground seen disturbed on imagery."))
	if err != nil {
		fmt.Fprintln(errOut, "taohe:", err)
		return 1
	}
	exit := -1
	parser.Exit = func(code int) { exit = code }
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(errOut, "taohe:", err)
		return 2
	}
	if c.PrintConfig {
		return status(printConfig(out, k), errOut)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &session{cli: &c, ctx: ctx, out: out, errOut: errOut, log: c.newLog(errOut)}
	s.command, s.what = changed(k.Selected())
	return status(k.Run(s), errOut)
}

// newLog is the log as the flags want it.
func (c *cli) newLog(w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong knows the words
	if c.Verbose {
		level = slog.LevelDebug
	}
	return watch.Log(w, c.LogFormat == "json", level)
}

// status turns what a command returned into words and an exit status.
func status(err error, errOut io.Writer) int {
	if err == nil {
		return 0
	}
	var exit *exitError
	if errors.As(err, &exit) {
		if exit.message != "" {
			fmt.Fprintln(errOut, exit.message)
		}
		return exit.status
	}
	var request *ingest.RequestError
	if errors.As(err, &request) {
		for _, f := range request.Faults {
			fmt.Fprintf(errOut, "%s: %s\n", f.Location, f.Message)
		}
		return 2
	}
	switch {
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(errOut, "已取消。没有完成的导入不保存任何数据，没有完成的套合不作数；需要时请重新执行。")
	case pg.StorageFull(err):
		fmt.Fprintln(errOut, ingest.FailureChinese(ingest.FailureStorageFull))
	case pg.Unavailable(err):
		fmt.Fprintln(errOut, "数据库没有响应，没有保存任何数据。请稍后再试；如再次出现，请管理员检查数据库。")
	}
	fmt.Fprintln(errOut, "taohe:", err)
	return 1
}

type versionCmd struct{}

func (versionCmd) Run(s *session) error {
	revision := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				revision = " (" + setting.Value + ")"
			}
		}
	}
	_, err := fmt.Fprintf(s.out, "taohe %s%s\n", version, revision)
	return err
}
