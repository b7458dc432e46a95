package sample

import (
	"fmt"
	"strings"

	"github.com/taohe-gis/taohe"
)

// names hands out made names and numbers. The pick is seeded: the same county
// has the same names for ever.
type names struct {
	state    uint64
	used     map[string]bool
	licences int
	papers   map[string]int
}

var (
	nameFirst  = []rune("恒宏瑞金北南东西鑫广安泰永盛丰远天云青白长兴")
	nameSecond = []rune("泉岭源川原野梁沟湾滩达通昌荣峰河塔图和晟")
)

// pick is the next number below n of a multiplicative congruential generator
// (Knuth's MMIX constants), written out so that no library's change can change
// the names.
func (n *names) pick(below int) int {
	if n.state == 0 {
		n.state = 20220531
	}
	n.state = n.state*6364136223846793005 + 1442695040888963407
	return int((n.state >> 33) % uint64(below))
}

// enterprise is a made name; no such enterprise is meant.
func (n *names) enterprise(mineral string) string {
	if n.used == nil {
		n.used = map[string]bool{}
	}
	for {
		word := string(nameFirst[n.pick(len(nameFirst))]) + string(nameSecond[n.pick(len(nameSecond))])
		if n.used[word] {
			continue
		}
		n.used[word] = true
		return CountyName + word + trade[mineral] + "有限责任公司"
	}
}

// trade is the part of an enterprise's name that says what it mines.
var trade = map[string]string{coal: "煤矿", limestone: "石料", sand: "砂石", gypsum: "石膏矿"}

// renamed puts another trade into an enterprise's name.
func renamed(enterprise, mineral string) string {
	return strings.Replace(enterprise, trade[coal], trade[mineral], 1)
}

// mineName drops the county and the legal form.
func mineName(enterprise string) string {
	return strings.TrimSuffix(strings.TrimPrefix(enterprise, CountyName), "有限责任公司")
}

// licence is the next licence number: C, six digits of the issuing authority,
// year, month, three digits of the mineral class, seven of the serial. The
// fifth is of the old form without a letter, the ninth begins with T.
func (n *names) licence() string {
	n.licences++
	i := n.licences
	digits := fmt.Sprintf("%s%04d%02d%03d%07d", CountyCode, 2009+i%9, 1+i*5%12, 112, 120000+i*37)
	switch i {
	case 5:
		return digits
	case 9:
		return "T" + digits
	}
	return "C" + digits
}

// approval is the next document number of a kind in the year of a day.
func (n *names) approval(kind string, on taohe.Date) string {
	if n.papers == nil {
		n.papers = map[string]int{}
	}
	office := map[string]string{
		temporaryLand: "示自然资临", constructionLand: "示自然资建", forestUse: "示林草林", grasslandUse: "示林草草", dumpSite: "示能源排",
	}[kind]
	year := on.String()[:4]
	n.papers[office+year]++
	return fmt.Sprintf("%s〔%s〕%d号", office, year, n.papers[office+year])
}
