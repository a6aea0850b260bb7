#!lua flags=no-writes
-- What is known of calls that were placed.
-- KEYS gen (for its slot)  ARGV prefix ticket...
-- -> for each: {call, at, hung, heard, heard_ms, over, status, seconds, sequence}, '' where nobody has said; {} unknown
local found = {}
for i = 2, #ARGV do
  local one = redis.call('HMGET', ARGV[1] .. 'dial:' .. ARGV[i], 'call', 'at', 'hung', 'heard', 'heard_ms', 'over',
    'status', 'seconds', 'sequence')
  local is_known = one[1]
  for n = 1, 9 do one[n] = one[n] or '' end
  found[i - 1] = is_known and one or {}
end
return found
