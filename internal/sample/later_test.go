package sample

import "testing"

// The parts that a case names for a later image are the whole ground, none of it
// twice; what grew or moved lies outside; what the image looks at holds all but
// what it does not see.
func TestLaterItemsAddUp(t *testing.T) {
	t.Parallel()
	verdicts := map[string]bool{}
	for _, l := range New().laters {
		for _, i := range l.items {
			verdicts[i.verdict] = true
			whole, sum := i.ground.AreaM2(), i.rectified.AreaM2()+i.remaining.AreaM2()+i.unseen.AreaM2()
			parts := union(i.rectified, i.remaining, i.unseen)
			if !parts.Minus(i.ground).Empty() || !i.ground.Minus(parts).Empty() || sum > whole+0.01 {
				t.Errorf("%s: the parts are not the ground", i.why)
			}
			if !union(i.grown, i.moved).In(i.ground).Empty() {
				t.Errorf("%s: grown or moved onto itself", i.why)
			}
			if !i.unseen.In(l.looks).Empty() || !i.ground.Minus(i.unseen).Minus(l.looks).Empty() {
				t.Errorf("%s: seen where nobody looked, or not where somebody did", i.why)
			}
		}
	}
	if len(verdicts) != 6 {
		t.Errorf("verdicts %v, want all but not_observed, which all other items are", verdicts)
	}
}
