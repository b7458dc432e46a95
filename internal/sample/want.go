package sample

// A class is one of the parts of the ground account.
type class string

// The classes of the ground account, in the order of the account.
const (
	approved               class = "approved"
	expired                class = "expired"
	overOccupied           class = "over_occupied"
	displaced              class = "displaced"
	unapproved             class = "unapproved"
	unapprovedConstruction class = "unapproved_construction"
)

// classRule is the code of the finding that a class of violation makes.
var classRule = map[class]string{
	expired: "expired_occupation", overOccupied: "over_occupied", displaced: "displaced",
	unapproved: "unapproved", unapprovedConstruction: "unapproved_construction",
}

var classes = []class{approved, expired, overOccupied, displaced, unapproved, unapprovedConstruction}

// A state is what an approval is on the as-of date.
type state string

// The states of the approvals account.
const (
	notBegun           state = "not_begun"
	inTerm             state = "in_term"
	reclamationTerm    state = "reclamation_term"
	reclamationOverdue state = "reclamation_overdue"
	returnOverdue      state = "return_overdue"
	closed             state = "closed"
)

// want is what the overlay must find on one mine. Every set in it is named by
// the case itself; the program only measures.
type want struct {
	classes     map[class]derived
	tolerated   map[class]Region
	late        Region
	insideOther Region
	approvals   []approvalWant
	findings    []findingWant
	unconfirmed []unconfirmedWant
	// by rule, what stands with a finding beside its area
	certain map[string]string
	metres  map[string][2]float64
	count   map[string]int
}

// derived is ground with the sentence that says which rectangles it is.
type derived struct {
	ground Region
	why    string
}

type approvalWant struct {
	approval *Approval
	state    state
}

type findingWant struct {
	rule   string
	ground Region
	parts  []part
	// outsideToLicence asks for the ratio of the figure to the licence plane.
	outsideToLicence bool
	why              string
}

// A part is one line of a finding's breakdown.
type part struct {
	key    string
	ground Region
}

type unconfirmedWant struct {
	patch *Patch
	by    string
}

// class states that the ground belongs to a class, beyond tolerance.
func (m *Mine) class(c class, ground Region, why string) {
	if _, twice := m.want.classes[c]; twice {
		panic("sample: class " + string(c) + " stated twice for " + m.CaseEn)
	}
	m.want.classes[c] = derived{ground, why}
}

// tolerate states that ground of a class is too narrow or too small to count.
func (m *Mine) tolerate(c class, ground Region) { m.want.tolerated[c] = ground }

// finding states a finding outside the ground account.
func (m *Mine) finding(rule string, ground Region, why string, parts ...part) {
	m.want.findings = append(m.want.findings, findingWant{rule: rule, ground: ground, parts: parts, why: why})
}

// outOfBounds states pits outside the licence plane.
func (m *Mine) outOfBounds(ground Region, why string, parts ...part) {
	m.want.findings = append(m.want.findings, findingWant{
		rule: "mining_out_of_bounds", ground: ground, parts: parts, outsideToLicence: true, why: why,
	})
}

// certainty states how certain a finding is where it is not unknown.
func (m *Mine) certainty(rule, c string) { m.want.certain[rule] = c }

// beyond states by how many metres the band is left upwards and downwards.
func (m *Mine) beyond(rule string, aboveM, belowM float64) {
	m.want.metres[rule] = [2]float64{aboveM, belowM}
}

// places states how many connected pits there are.
func (m *Mine) places(rule string, n int) { m.want.count[rule] = n }

// unconfirmed states that a patch is shown with the mine and counts nowhere.
func (m *Mine) unconfirmed(p *Patch, by string) {
	m.want.unconfirmed = append(m.want.unconfirmed, unconfirmedWant{p, by})
}

// ground is the mine's disturbed ground: the sum of its classes.
func (w want) ground() Region {
	var all []Region
	for _, c := range classes {
		all = append(all, w.classes[c].ground, w.tolerated[c])
	}
	return union(all...)
}
