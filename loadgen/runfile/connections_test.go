package runfile

import (
	"slices"
	"testing"
)

func TestConnectionsAddUpByKind(t *testing.T) {
	h1 := ConnectionFigures{Protocol: "HTTP/1.1", TLS: "TLS 1.3", Suite: "A", Opened: 2, Resumed: 1}
	other := ConnectionFigures{Protocol: "HTTP/1.1", TLS: "TLS 1.3", Suite: "B", Opened: 1}
	h2 := ConnectionFigures{Protocol: "HTTP/2.0", Opened: 5}
	got := AddConnections(AddConnections(nil, []ConnectionFigures{h2, other}), []ConnectionFigures{h1, h2, h1})
	want := []ConnectionFigures{
		{Protocol: "HTTP/1.1", TLS: "TLS 1.3", Suite: "A", Opened: 4, Resumed: 2}, other, {Protocol: "HTTP/2.0", Opened: 10},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if checkConnections(got) != nil || checkConnections([]ConnectionFigures{{Opened: 1, Resumed: 2}}) == nil || checkConnections(make([]ConnectionFigures, MaxConnectionKinds+1)) == nil {
		t.Error("what is checked of them is not")
	}
}
