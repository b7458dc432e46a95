package ingest

import "testing"

// Serials are checked against what spreadsheets show: 44674 is 2022-04-23, 25569
// the day Unix counts from, 36526 the first of 2000.
func TestReadDay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, want string // "" for no day
		how        dayReading
	}{
		{"20220423", "2022-04-23", dayWritten},
		{"2022-04-23", "2022-04-23", dayWritten},
		{"2022/4/23", "2022-04-23", dayWritten},
		{"2022.4.23", "2022-04-23", dayWritten},
		{"2022年4月23日", "2022-04-23", dayWritten},
		{"２０２２年４月２３日", "2022-04-23", dayWritten},
		{"2022-04-23 15:04:05", "2022-04-23", dayWritten},
		{"2022-04-23T15:04:05.123", "2022-04-23", dayWritten},
		{"20220423.00000", "2022-04-23", dayWritten},
		{"2.02204230000e+007", "2022-04-23", dayWritten},
		{"2024-02-29", "2024-02-29", dayWritten},

		{"44674", "2022-04-23", daySerial},
		{"44674.0000000000", "2022-04-23", daySerial},
		{"44674.75", "2022-04-23", daySerial}, // six in the evening
		{"4.46740000000e+004", "2022-04-23", daySerial},
		{"25569", "1970-01-01", daySerial},
		{"36526", "2000-01-01", daySerial},
		{"36585", "2000-02-29", daySerial},
		{"18264", "1950-01-01", daySerial},
		{"73415", "2100-12-31", daySerial},

		{"2022-04-22T16:00:00Z", "2022-04-23", dayShifted},
		{"2022-04-22T16:00:00.000+0000", "2022-04-23", dayShifted},
		{"2022-04-23T00:00:00Z", "2022-04-23", dayWritten},
		{"2022-04-23 00:00+08:00", "2022-04-23", dayWritten},

		{"18263", "", dayUnread},
		{"73416", "", dayUnread},
		{"60", "", dayUnread}, // 29 February 1900, which there was not
		{"2022", "", dayUnread},
		{"202204", "", dayUnread},
		{"2022.04", "", dayUnread},
		{"20220423.5", "", dayUnread},
		{"-44674", "", dayUnread},
		{"20220230", "", dayUnread},
		{"20221301", "", dayUnread},
		{"2022-02-30", "", dayUnread},
		{"2023-02-29", "", dayUnread},
		{"2022-02-30T00:00:00Z", "", dayUnread},
		{"2022-04-23T25:00:00Z", "", dayUnread},
		{"长期", "", dayUnread},
		{"", "", dayUnread},
	} {
		d, how := readDay(c.text)
		got := ""
		if how != dayUnread {
			got = d.String()
		}
		if got != c.want || how != c.how {
			t.Errorf("%q: %q (%d), want %q (%d)", c.text, got, how, c.want, c.how)
		}
	}
}
