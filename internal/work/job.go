package work

import (
	"github.com/taohe-gis/taohe/ingest"
)

// runArgs is a share of a run: the first fixes the inputs and calls for more.
type runArgs struct {
	RunID int64 `json:"run_id"`
}

// Kind implements river.JobArgs.
func (runArgs) Kind() string { return "run" }

// importArgs is a file to be loaded into a dataset that was begun.
type importArgs struct {
	DatasetID int64 `json:"dataset_id"`
	// Folder of the spool that holds the file, and nothing else; Upload.Path is
	// below it.
	Folder string        `json:"folder"`
	Upload ingest.Upload `json:"upload"`
}

// Kind implements river.JobArgs.
func (importArgs) Kind() string { return "import" }

const (
	// runQueue is the queue of runs; each spool has one of its own for imports.
	runQueue = "run"
	// maxShares is how many shares of a run are in the queue at most: more
	// workers than that would find nothing to do.
	maxShares = 64
	// importTries is how often a file is begun: when the program or the database
	// went away each time, it is more likely the file than chance.
	importTries = 5
)
