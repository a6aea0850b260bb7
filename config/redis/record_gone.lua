#!lua flags=allow-oom
-- KEYS records rk:<call> gone again:nodes  ARGV call node gone_keep_ms -> {'ok', id} | again
-- A call was deleted: what the stream has of it goes, every node is told, and what comes of it later is refused.
local R = redis.call
local time = R('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if R('ZSCORE', KEYS[3], ARGV[1]) then return {'again'} end
for _, known in ipairs(R('HVALS', KEYS[2])) do R('XDEL', KEYS[1], known:match(' (%S+)$')) end
R('DEL', KEYS[2])
for _, stream in ipairs(R('SMEMBERS', KEYS[4])) do
  local waits = R('HGET', stream .. ':calls', ARGV[1])
  if waits then R('XDEL', stream, waits:match('(%S+)$')) R('HDEL', stream .. ':calls', ARGV[1]) end
  if R('EXISTS', stream) == 0 then R('SREM', KEYS[4], stream) end
end
R('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('(%.0f', now - ARGV[3]))
R('ZADD', KEYS[3], string.format('%.0f', now), ARGV[1])
return {'ok', R('XADD', KEYS[1], '*', 'what', 'gone', 'call', ARGV[1], 'node', ARGV[2])}
