package api

import "github.com/taohe-gis/taohe/internal/access"

// A rule is who may do an operation. The zero value lets nobody in.
type rule struct {
	// open lets in whoever comes: the operation answers from what the program holds,
	// or is how one signs in.
	open bool
	// least is the role that it takes.
	least access.Role
	// of is what the address names, whose counties the caller must be of: all of
	// them with whole, else one. What has none of the caller's is not there.
	of    access.Thing
	whole bool
	// everywhere lets in only those who are bound to no county.
	everywhere bool
	// account lets in only those who signed in themselves: no program with a token,
	// and nobody where no account exists.
	account bool
}

// county is what an address names when it is a county itself; finding, a finding.
const (
	county  access.Thing = "county"
	finding access.Thing = "finding"
)

// cites reports whether the operation reads what runs say of mines, which names
// rows that other counties filed.
func (r rule) cites() bool {
	switch r.of {
	case access.Run, access.Mine, access.Item, finding:
		return true
	}
	return false
}

// refuses reports whether somebody who signed in may be refused.
func (r rule) refuses() bool {
	return r.least != access.Viewer && r.least != "" || r.everywhere || r.account
}

// rules is who may do what, operation by operation: the one place where it is
// decided. An operation without a line here is not served at all (register).
// docs/access.md shows it.
var rules = map[string]rule{
	"health":                {open: true},
	"get-limits":            {open: true},
	"list-layers":           {open: true},
	"list-diagnostic-kinds": {open: true},
	"get-ledger-campaign":   {open: true},

	"list-rule-sets": {least: access.Viewer},
	"get-rule-set":   {least: access.Viewer},
	"get-base-map":   {least: access.Viewer},

	"sign-in":        {open: true},
	"sign-out":       {least: access.Viewer, account: true},
	"get-me":         {least: access.Viewer},
	"set-password":   {least: access.Viewer, account: true},
	"list-tokens":    {least: access.Viewer},
	"create-token":   {least: access.Viewer, account: true},
	"revoke-token":   {least: access.Viewer},
	"list-accounts":  {least: access.Admin, everywhere: true},
	"create-account": {least: access.Admin, everywhere: true, account: true},
	"change-account": {least: access.Admin, everywhere: true, account: true},
	"list-audit":     {least: access.Admin, everywhere: true},

	"put-county":    {least: access.Admin, of: county},
	"list-counties": {least: access.Viewer},
	"get-county":    {least: access.Viewer, of: county},

	"get-county-timeline": {least: access.Viewer, of: county},

	"upload-dataset":           {least: access.Editor},
	"inspect-file":             {least: access.Editor},
	"list-datasets":            {least: access.Viewer},
	"get-dataset":              {least: access.Viewer, of: access.Dataset},
	"cancel-import":            {least: access.Editor, of: access.Dataset},
	"list-dataset-diagnostics": {least: access.Viewer, of: access.Dataset},
	"get-dataset-changes":      {least: access.Viewer, of: access.Dataset},
	"get-dataset-history":      {least: access.Viewer, of: access.Dataset},
	"accept-dataset":           {least: access.Editor, of: access.Dataset},
	"delete-dataset":           {least: access.Editor, of: access.Dataset},

	"start-run":                 {least: access.Editor},
	"list-runs":                 {least: access.Viewer},
	"get-run":                   {least: access.Viewer, of: access.Run},
	"follow-run":                {least: access.Viewer, of: access.Run},
	"cancel-run":                {least: access.Editor, of: access.Run, whole: true},
	"retry-run":                 {least: access.Editor, of: access.Run, whole: true},
	"delete-run":                {least: access.Editor, of: access.Run, whole: true},
	"diff-runs":                 {least: access.Viewer, of: access.Run},
	"list-findings":             {least: access.Viewer},
	"get-statistics":            {least: access.Viewer},
	"explain-finding":           {least: access.Viewer, of: finding},
	"list-unattributed-patches": {least: access.Viewer, of: access.Run},
	"list-listed-ground":        {least: access.Viewer, of: access.Run},
	"get-run-ledger":            {least: access.Viewer, of: access.Run},
	"get-annex1":                {least: access.Viewer, of: access.Run},
	"get-annex2":                {least: access.Viewer, of: access.Run},
	"get-briefing":              {least: access.Viewer, of: access.Run},
	"check-ground":              {least: access.Viewer},
	"list-mines":                {least: access.Viewer},
	"get-mine-report":           {least: access.Viewer, of: access.Mine},
	"get-mine-dossier":          {least: access.Viewer, of: access.Mine},
	"get-mine-map":              {least: access.Viewer, of: access.Mine},

	"add-orthophoto":    {least: access.Editor},
	"list-orthophotos":  {least: access.Viewer},
	"get-orthophoto":    {least: access.Viewer, of: access.Orthophoto},
	"delete-orthophoto": {least: access.Editor, of: access.Orthophoto},

	"get-orthophoto-image": {least: access.Viewer, of: access.Orthophoto},
	"get-orthophoto-tile":  {least: access.Viewer, of: access.Orthophoto},

	// What a job makes is made of all counties of its run; who is of some of them is
	// told so (errOtherCounties), and has papers of these at once.
	"start-dossiers": {least: access.Editor, of: access.Run, whole: true},
	"start-paper":    {least: access.Editor, of: access.Run, whole: true},
	"list-jobs":      {least: access.Viewer},
	"get-job":        {least: access.Viewer, of: access.Job, whole: true},
	"follow-job":     {least: access.Viewer, of: access.Job, whole: true},
	"get-job-file":   {least: access.Viewer, of: access.Job, whole: true},
	"end-job":        {least: access.Editor, of: access.Job, whole: true},

	"plan-ledger-feed":         {least: access.Inspector, of: access.Run, whole: true},
	"feed-ledger":              {least: access.Inspector, whole: true},
	"list-ledger-items":        {least: access.Viewer},
	"get-ledger-form":          {least: access.Viewer},
	"enter-ledger-item":        {least: access.Inspector},
	"get-ledger-item":          {least: access.Viewer, of: access.Item},
	"measure-ledger-item":      {least: access.Viewer, of: access.Item},
	"list-ledger-measurements": {least: access.Viewer, of: access.Run, whole: true},
	"get-ledger-photograph":    {least: access.Viewer, of: access.Item},
	"get-ledger-progress":      {least: access.Viewer},
	"list-ledger-changes":      {least: access.Viewer},
	"add-webhook":              {least: access.Admin, everywhere: true},
	"list-webhooks":            {least: access.Admin, everywhere: true},
	"remove-webhook":           {least: access.Admin, everywhere: true},
	"confirm-ledger-item":      {least: access.Inspector, of: access.Item},
	"dismiss-ledger-item":      {least: access.Inspector, of: access.Item},
	"reopen-ledger-item":       {least: access.Approver, of: access.Item},
	"assign-ledger-item":       {least: access.Inspector, of: access.Item},
	"start-ledger-item":        {least: access.Inspector, of: access.Item},
	"measures-ledger-item":     {least: access.Inspector, of: access.Item},
	"field_checks-ledger-item": {least: access.Inspector, of: access.Item},
	"photographs-ledger-item":  {least: access.Inspector, of: access.Item},
	"propose-ledger-item":      {least: access.Inspector, of: access.Item},
	"approve-ledger-item":      {least: access.Approver, of: access.Item},
	"reject-ledger-item":       {least: access.Approver, of: access.Item},
}

// ogcRules is who may do what below /ogc, by method and pattern. A route without a
// line here is not served at all (ogcRoutes). All read, and lists show what is of
// the caller's counties.
var ogcRules = map[string]rule{
	"GET /":                           {least: access.Viewer},
	"GET /api":                        {least: access.Viewer},
	"GET /conformance":                {least: access.Viewer},
	"GET /collections":                {least: access.Viewer},
	"GET /collections/{collectionId}": {least: access.Viewer},
	// What an execution does is asked of an operation of /v1, whose own rule holds.
	"GET /processes":                                          {least: access.Viewer},
	"GET /processes/{processId}":                              {least: access.Viewer},
	"POST /processes/{processId}/execution":                   {least: access.Viewer},
	"GET /jobs":                                               {least: access.Viewer},
	"GET /jobs/{jobId}":                                       {least: access.Viewer},
	"DELETE /jobs/{jobId}":                                    {least: access.Viewer},
	"GET /jobs/{jobId}/results":                               {least: access.Viewer},
	"GET /jobs/{jobId}/results/{outputId}":                    {least: access.Viewer},
	"GET /collections/{collectionId}/queryables":              {least: access.Viewer},
	"GET /collections/{collectionId}/schema":                  {least: access.Viewer},
	"GET /collections/{collectionId}/items":                   {least: access.Viewer},
	"GET /collections/{collectionId}/items/{featureId}":       {least: access.Viewer},
	"GET /collections/{collectionId}/tiles":                   {least: access.Viewer},
	"GET /collections/{collectionId}/tiles/{tileMatrixSetId}": {least: access.Viewer},
	"GET /collections/{collectionId}/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": {least: access.Viewer},
	"GET /tileMatrixSets":                   {least: access.Viewer},
	"GET /tileMatrixSets/{tileMatrixSetId}": {least: access.Viewer},
}
