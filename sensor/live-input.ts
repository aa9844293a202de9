// (filled in when capture lands)
