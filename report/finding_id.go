package report

import (
	"fmt"
	"strconv"
	"strings"
)

// FindingID is the address of a finding: run, licence number and rule, joined by
// hyphens, such as 12-C1599002009101120121665-unapproved. It says by itself what
// it names, stands in a URL as it is, and is the same for ever.
func FindingID(runID int64, licenceNo, ruleCode string) string {
	return fmt.Sprintf("%d-%s-%s", runID, licenceNo, ruleCode)
}

// ParseFindingID takes an address apart; ok is false for a text that is none.
func ParseFindingID(id string) (runID int64, licenceNo, ruleCode string, ok bool) {
	run, rest, _ := strings.Cut(id, "-")
	licenceNo, ruleCode, _ = strings.Cut(rest, "-")
	runID, err := strconv.ParseInt(run, 10, 64)
	return runID, licenceNo, ruleCode, err == nil && runID > 0 && licenceNo != "" && ruleCode != ""
}
