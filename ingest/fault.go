package ingest

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// A Fault is one thing wrong with a request, in the words of the person who
// made it. Code is stable.
type Fault struct {
	Location string
	Code     string
	Message  string
}

// A RequestError says that a request cannot be carried out as it stands, with
// all its faults at once. Nothing was stored.
type RequestError struct{ Faults []Fault }

func (e *RequestError) Error() string {
	var s []string
	for _, f := range e.Faults {
		s = append(s, f.Location+": "+f.Message)
	}
	return strings.Join(s, "; ")
}

// The sentinels of datasets.
var (
	// ErrNotFound is returned for a dataset or county that is not there.
	ErrNotFound = errors.New("not found")
	// ErrKept is returned by Drop for a dataset that is accepted or being loaded.
	ErrKept = errors.New("dataset is kept")
	// ErrBeingRead is returned by Drop while others read the layer of a dataset.
	ErrBeingRead = errors.New("layer is being read")
	// ErrNotStaged is returned by Accept for a dataset that is not staged.
	ErrNotStaged = errors.New("dataset is not staged")
	// ErrRemovalUnconfirmed is returned by Accept when a replacing version lacks
	// rows the layer has and the request does not confirm how many.
	ErrRemovalUnconfirmed = errors.New("the version drops rows of the layer and that is not confirmed")
	// ErrHeldUndecided is returned by Accept when rows are held and the request
	// does not say what becomes of them.
	ErrHeldUndecided = errors.New("dataset has held rows and the decision on them is missing")
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
