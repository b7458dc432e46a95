package report

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taohe-gis/taohe"
	"github.com/taohe-gis/taohe/internal/papertest"
)

const muM2 = 2000.0 / 3

// outline is 附件2 of two counties, one of which filed no forest.
func outline() Annex2 {
	third := []RawPart{{"甲旗", 2, muM2 / 3, false}, {"乙旗", 1, muM2 / 3, false}, {"丙旗", 1, muM2 / 3, false}}
	of := func(title string) PaperFigure { return NewPaperFigure(title, 3, muM2, third) }
	zero := func(title string) PaperFigure {
		return NewPaperFigure(title, 0, 0, []RawPart{{County: "甲旗"}, {County: "乙旗"}, {County: "丙旗"}})
	}
	a := Annex2{
		Source: RunSource{RunID: 7, AsOf: taohe.NewDate(2022, time.May, 31), Digest: "ab"}, Region: "全市", Counties: []string{"甲旗", "乙旗", "丙旗"},
		Problem: of("存在问题矿山企业"), MinesFailed: 2, Gridded: true,
		Forest:     NewPaperFigure("其中：林地", 1, 100*muM2, []RawPart{{"甲旗", 1, 100 * muM2, false}, {"乙旗", 0, 0, true}, {"丙旗", 0, 0, false}}),
		Grassland:  NewPaperFigure("其中：草原", 2, 50*muM2, []RawPart{{"甲旗", 1, 30 * muM2, false}, {"乙旗", 1, 25 * muM2, false}, {"丙旗", 0, 0, false}}),
		Vegetation: NewPaperFigure("侵占林草", 2, 0, []RawPart{{"甲旗", 0, 0, true}, {"乙旗", 0, 0, true}, {"丙旗", 0, 0, true}}),
		Dumps: Annex2Dumps{Places: 2, Counties: []Annex2DumpCounty{
			{County: "甲旗", Places: 2, Problems: []Annex2DumpProblem{{"超界", 2, 1, Area{Mu: 3}}, {"超标高", 1, 1, Area{Mu: 1}}}}, {County: "乙旗", NotEvaluated: true}, {County: "丙旗"},
		}},
		Groups: []Annex2Group{
			{Group: 1, Name: "第一组", Others: []PaperFigure{of("越界开采"), zero("超层开采")}},
			{Group: 2, Name: "第二组"},
			{Group: 3, Name: "第三组", NotEvaluated: []string{"乙旗侵占林地：缺少图层：林地。"}},
			{Group: 4, Name: "第四组"},
		},
	}
	for i, s := range StratumTitles {
		x := Annex2Stratum{Title: s.Title, TemporaryLand: of("违法违规使用临时用地")}
		if i > 0 {
			x.TemporaryLand = zero("违法违规使用临时用地")
		}
		x.ApprovalInProtected, x.ApprovalInReserve, x.ReclamationOverdue, x.ReturnOverdue = zero("进入保护区"), zero("进入自然保护区"), zero("到期未复垦"), zero("到期未还地")
		x.Construction, x.ConstructionInProtected, x.ConstructionInReserve = zero("建设"), zero("建设进入保护区"), zero("建设进入自然保护区")
		a.Strata = append(a.Strata, x)
	}
	a.Pits, a.PitsByOwner = pitTable().Print()
	return a
}

// pitTable is thirds of a mu that do not add up when each is rounded alone, and
// ground of 1 mu that two owners of 乙旗 have.
func pitTable() RawPitsTable {
	v := muM2 / 3
	cell := func(m2 float64) RawPits { return RawPits{Places: 1, EllipsoidalAreaM2: m2} }
	sum := func(places, restored int, m2 float64) RawPits {
		return RawPits{Places: places, Restored: restored, EllipsoidalAreaM2: m2, VegetationM2: &v}
	}
	return RawPitsTable{
		Owners: []string{"有主", "无主"}, Counties: []string{"甲旗", "乙旗", "丙旗"},
		Cells:    [][]RawPits{{cell(muM2 / 3), cell(5 * muM2), cell(muM2 / 3)}, {cell(muM2 / 3), cell(3 * muM2), {}}},
		ByOwner:  []RawPits{sum(3, 1, 17*muM2/3), sum(2, 0, 10*muM2/3)},
		ByCounty: []RawPits{sum(2, 1, 2*muM2/3), sum(2, 0, 7*muM2), {Places: 1, EllipsoidalAreaM2: muM2 / 3}},
		All:      sum(5, 1, 8*muM2),
	}
}

func TestAnnex2SameBytes(t *testing.T) {
	t.Parallel()
	write := func(w io.Writer) error { return WriteAnnex2DOCX(w, outline()) }
	if !bytes.Equal(papertest.Write(t, write), papertest.Write(t, write)) {
		t.Error("the same figures give other bytes")
	}
}

// Read back: thirds add up, what counties share is taken off once, what was not
// evaluated is a marked blank and no nought, and nothing is made up for people.
func TestAnnex2DOCX(t *testing.T) {
	t.Parallel()
	paper := papertest.Read(t, papertest.Write(t, func(w io.Writer) error { return WriteAnnex2DOCX(w, outline()) }))
	for _, want := range []string{
		"矿山以案促改专项行动汇报提纲", "一、实施排查情况", "专项工作组下沉甲旗、乙旗、丙旗开展工作，于＿月＿日完成摸排全覆盖，共发现存在问题矿山企业3家。其中：甲旗2家，乙旗1家，丙旗1家",
		"排查发现露天煤矿违法违规使用临时用地3家、面积1.00亩，有0家临时用地进入保护区、面积0.00亩，0家进入自然保护区、面积0.00亩；其中：甲旗违法违规使用临时用地2家、面积0.34亩",
		"1.第一组", "二是复垦还地方面", "越界开采3家、面积1.00亩。", "排查发现不达标排土排矸场2处，其中：甲旗2处，存在的具体问题：超界2处（1家、3.00亩）、超标高1处（1家、1.00亩）；乙旗＿处；丙旗0处",
		"排查发现违法违规侵占林草资源矿山＿家、面积＿亩，其中：草原2家、面积50.00亩，林地1家、面积100.00亩", "乙旗侵占林草＿家、面积＿亩，草原1家、面积25.00亩，林地＿家、面积＿亩",
		"其中：草原各旗区间重叠5.00亩，合计只计一次。", "排查发现露天开采形成的尾矿坑5处、面积8.00亩，破坏自然林草地面积0.33亩，已开展生态修复1处",
		"丙旗1处、面积0.33亩，破坏自然林草地面积＿亩", "完成整改＿个，正在整改＿个，达到序时进度＿个", "三、下一步工作安排", "未核查：乙旗侵占林地：缺少图层：林地。", "有 2 座矿山计算失败", "0.01 毫米",
	} {
		if !strings.Contains(paper.Text, want) {
			t.Errorf("the paper does not say %q", want)
		}
	}
	table := paper.Headed("项目", "旗区", "家（处、个）", "面积（亩）")[0]
	figures := 0
	for i := 1; i < len(table); i++ {
		end := i + 1
		for end < len(table) && table[end][0] == "" {
			end++
		}
		figure := append([][]string{table[0]}, table[i:end]...)
		if !slices.ContainsFunc(figure, func(r []string) bool { return r[3] == "未核查" }) {
			papertest.AddsUp(t, figure, 3)
			figures++
		}
		i = end - 1
	}
	if figures < 10 {
		t.Errorf("%d figures add up, which cannot be all", figures)
	}
}

// The pits of owners and of counties come to the same whole, as printed, less
// what owners share.
func TestPitsAddUp(t *testing.T) {
	t.Parallel()
	all, byOwner := pitTable().Print()
	owners, counties := 0.0, 0.0
	for _, o := range byOwner {
		owners += o.Mu
		of := 0.0
		for _, c := range o.Counties {
			of += c.Mu
		}
		if round2(of-o.Shared.Mu) != o.Mu {
			t.Errorf("%s: counties come to %.2f, printed is %.2f", o.Title, of, o.Mu)
		}
	}
	for _, c := range all.Counties {
		counties += c.Mu
	}
	if round2(owners-all.SharedByOwners.Mu) != all.Mu || round2(counties-all.Shared.Mu) != all.Mu || all.SharedByOwners.Mu != 1 || all.Mu != 8 {
		t.Errorf("owners %.2f, counties %.2f, all %.2f, shared %.2f", owners, counties, all.Mu, all.SharedByOwners.Mu)
	}
}

func TestStratumOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, mineral string
		want            Stratum
	}{
		{"open_pit", "煤矿", OpenPitCoal},
		{"open_pit", "褐煤", OpenPitCoal},
		{"open_pit_and_underground", "煤", OpenPitCoal},
		{"open_pit", "煤系高岭土", OtherOpenPit},
		{"open_pit", "煤层气", OtherOpenPit},
		{"open_pit", "石灰石", OtherOpenPit},
		{"open_pit", "", OtherOpenPit},
		{"underground", "煤矿", NotOpenPit},
		{"", "煤矿", NotOpenPit},
	} {
		if got := StratumOf(c.method, c.mineral); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.method, c.mineral, got, c.want)
		}
	}
}
