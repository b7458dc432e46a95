package geo

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The Chinese names of the units the Format functions write numbers in.
const (
	UnitM2       = "平方米"
	UnitMu       = "亩"
	UnitHectares = "公顷"
	UnitKm2      = "平方公里"
)

// Decimal places of printed areas: square metres and mu two, hectares and
// square kilometres four.
const (
	DecimalsM2       = 2
	DecimalsMu       = 2
	DecimalsHectares = 4
	DecimalsKm2      = 4
)

// Mu turns square metres into mu: one mu is 2000/3 m² exactly.
func Mu(m2 float64) float64 { return m2 * 3 / 2000 }

// M2OfMu turns mu into square metres.
func M2OfMu(mu float64) float64 { return mu * 2000 / 3 }

// Hectares turns square metres into hectares.
func Hectares(m2 float64) float64 { return m2 / 1e4 }

// Km2 turns square metres into square kilometres.
func Km2(m2 float64) float64 { return m2 / 1e6 }

// FormatM2 writes an area already in square metres with two places, without
// the unit.
func FormatM2(m2 float64) string { return roundHalfUp(m2, DecimalsM2) }

// FormatMu writes an area already in mu (see Mu) with two places, without the
// unit.
func FormatMu(mu float64) string { return roundHalfUp(mu, DecimalsMu) }

// FormatHectares writes an area already in hectares (see Hectares) with four
// places, without the unit.
func FormatHectares(ha float64) string { return roundHalfUp(ha, DecimalsHectares) }

// FormatKm2 writes an area already in square kilometres (see Km2) with four
// places, without the unit, as licences state it.
func FormatKm2(km2 float64) string { return roundHalfUp(km2, DecimalsKm2) }

// roundHalfUp writes v with the given places, a half rounded away from zero
// (四舍五入) on the shortest decimal that means v: 1.005 is 1.01, as a person
// checking with a pocket calculator gets it. There is no "-0.00". NaN and
// infinities are written as strconv does.
func roundHalfUp(v float64, decimals int) string {
	if !finite(v) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	digits := strconv.FormatFloat(math.Abs(v), 'f', -1, 64)
	whole, fraction, _ := strings.Cut(digits, ".")
	up := len(fraction) > decimals && fraction[decimals] >= '5'
	fraction = (fraction + strings.Repeat("0", decimals))[:decimals]
	number := []byte(whole + fraction)
	for i := len(number) - 1; up && i >= 0; i-- {
		if number[i]++; number[i] <= '9' {
			up = false
		} else {
			number[i] = '0'
		}
	}
	s := string(number)
	if up {
		s = "1" + s
	}
	negative := v < 0 && strings.Trim(s, "0") != ""
	if decimals > 0 {
		s = s[:len(s)-decimals] + "." + s[len(s)-decimals:]
	}
	if negative {
		s = "-" + s
	}
	return s
}

// Apportion rounds parts to the given number of decimal places so that they
// sum to the equally rounded total, by the method of the largest remainder:
// every part is rounded down, and the units still missing go one each to the
// parts that lost most, the earlier first among equals. A part of exactly zero
// stays zero. Where the parts sum to something else than total by more than
// one unit, they are first scaled to it.
//
// Parts and total are areas: a negative or non-finite value among them, or
// parts that are all zero, or a total beyond 2^53 units, hands the parts back as
// they are. The argument is not changed.
func Apportion(parts []float64, total float64, decimals int) []float64 {
	scale := math.Pow10(decimals)
	var sum float64
	bad := !finite(total) || total < 0 || total*scale > 1<<53
	for _, p := range parts {
		bad = bad || !finite(p) || p < 0
		sum += p
	}
	if bad || sum == 0 || !finite(sum) {
		return slices.Clone(parts)
	}
	quotas := make([]float64, len(parts))
	stretch := 1.0
	if math.Abs(sum-total)*scale > 1 {
		stretch = total / sum
	}
	if !finite(stretch) { // parts too small to have a ratio to the total
		return slices.Clone(parts)
	}
	for i, p := range parts {
		quotas[i] = p * stretch * scale
	}
	rounded, err := strconv.ParseFloat(roundHalfUp(total, decimals), 64)
	if err != nil {
		return slices.Clone(parts)
	}
	units := largestRemainder(quotas, math.Round(rounded*scale))
	for i := range units {
		units[i] /= scale
	}
	return units
}

// largestRemainder turns quotas into whole numbers of the given sum.
func largestRemainder(quotas []float64, want float64) []float64 {
	units := make([]float64, len(quotas))
	order := make([]int, 0, len(quotas))
	missing := want
	for i, q := range quotas {
		// A quota that is a whole number but for the last bits must not lose one.
		units[i] = math.Floor(q + 1e-9*math.Max(1, q*1e-6))
		missing -= units[i]
		if q > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return cmp.Compare(quotas[j]-units[j], quotas[i]-units[i])
	})
	for missing > 0 && len(order) > 0 {
		for _, i := range order {
			if missing > 0 {
				units[i]++
				missing--
			}
		}
	}
	slices.Reverse(order)
	for taken := true; missing < 0 && taken; {
		taken = false
		for _, i := range order {
			if missing < 0 && units[i] > 0 {
				units[i]--
				missing++
				taken = true
			}
		}
	}
	return units
}
