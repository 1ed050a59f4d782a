#!/usr/bin/env python3
"""Writes synthetic.log: message forms that the real logs beside it do not hold. Counted by hand in synthetic.md."""
RULE = "(lmgrd) -----------------------------------------------"
CAD, BIM = '"11111CAD_2022_0F"', '"22222BIM_2022_0F"'
first_days = f"""\
 8:00:00 {RULE}
 8:00:00 (lmgrd)   Please Note:
 8:00:00 {RULE}
 8:00:01 (lmgrd) Server's System Date and Time: Fri Oct 28 2022 08:00:01 Hora de verano romance
 8:00:01 (lmgrd) FlexNet Licensing (v11.19.0.0 build 285339 x64_lsb) started on LICSYN (linux) (10/28/2022)
 8:00:01 (lmgrd) Started vendx (pid 4711)
 8:00:02 (vendx) Server started on LICSYN for:\t
 8:00:02 (vendx) suite_F (consisting of:\t\t11111CAD_2022_0F\x20
 8:00:02 (vendx) 22222BIM_2022_0F) 33333ADDON_2022_0F\x20
 8:10:00 (vendx) OUT: "suite_F" ana@pc1\x20\x20
 8:10:00 (vendx) OUT: {CAD} ana@pc1\x20\x20
 8:11:00 (vendx) OUT: {CAD} Maria Cruz@pc-2.example.com  [proj 7]
 8:12:00 (vendx) OUT: {BIM} jean-luc@pc3  (3 licenses)
 8:13:00 (vendx) DENIED: {CAD} bob@pc4  (Licensed number of users already reached. (-4,342))
 8:13:30 (vendx) DENIED: {BIM} bob@pc4  (25 licenses) (Users are queued for this feature. (-24,332))
 8:14:00 (vendx) QUEUED: {CAD} bob@pc4\x20\x20
 8:15:00 (vendx) UNSUPPORTED: "99999OLD_2010_0F" (00B0 EF6E AFC6 B280 ) bob@pc4  (No such feature exists. (-5,346))
 8:15:01 (vendx) UNSUPPORTED: "99999OLD_2010_0F" (PORT_AT_HOST_PLUS   ) bob@pc4  (Cannot ask 27000@other. (-15,570:10009 "x"))
 8:20:00 (vendx) IN: {CAD} ana@pc1\x20\x20
 8:20:00 (vendx) DEQUEUED: {CAD} bob@pc4\x20\x20
 8:20:00 (vendx) OUT: {CAD} bob@pc4\x20\x20
 8:20:05 (vendx) OUT: {CAD} bob@pc4\x20\x20
 8:20:05 (vendx) OUT: {CAD} bob@pc4\x20\x20
 8:30:00 (vendx) IN: "suite_F" ana@pc1\x20\x20
 8:31:00 (vendx) UPGRADE: {CAD} bob@pc4\x20\x20
 8:32:00 (vendx) INUSE: {CAD} bob@pc4\x20\x20
 8:40:00 (vendx) DENIED: 2 oldfeat to carl
 8:41:00 (vendx) OUT: oldfeat by carl
 8:45:00 (vendx) IN: oldfeat by carl (2 licenses) (used: 0:00:04:00)
 8:50:00 (vendx) OUT: verbfeat@pc9(1)^^^1 dora 10.0.0.9 4242 17 1 5 my project 11.19 1.0 10/28 8:50 0^^^
 8:55:00 (vendx) IN: verbfeat@pc9(1)^^^1 dora 10.0.0.9 4242 17 0 5 my project 11.19 1.0 10/28 8:55 0^^^
 8:56:00 (vendx) OUT: "broken
 8:57:00 (vendx) IN server died: {CAD} bob@pc4
sh: warning: a foreign line

{'x' * 70000}
\x00\x01\x02\x03 junk \x00
14:00:01 (lmgrd) TIMESTAMP 10/28/2022
20:00:01 (vendx) TIMESTAMP 10/28/2022
23:59:59 (vendx) OUT: {BIM} night@pc5\x20\x20
 0:00:01 (vendx) IN: {BIM} night@pc5\x20\x20
 2:00:01 (lmgrd) TIMESTAMP 10/29/2022
14:00:01 (lmgrd) TIMESTAMP 10/29/2022
 1:50:00 (lmgrd) TIMESTAMP 10/30/2022
 2:30:00 (vendx) OUT: {CAD} eva@pc6\x20\x20
 2:59:59 (vendx) IN: {CAD} eva@pc6\x20\x20
 2:10:00 (vendx) OUT: {BIM} eva@pc6\x20\x20
 2:30:00 (vendx) OUT: {CAD} eva@pc6\x20\x20
 3:05:00 (vendx) IN: {CAD} eva@pc6\x20\x20
 3:05:00 (vendx) IN: {BIM} eva@pc6\x20\x20
 8:00:00 (lmgrd) TIMESTAMP 10/30/2022
 9:00:00 (vendx) OUT: {CAD} fay@pc7\x20\x20
10:00:00 (lmgrd) TIMESTAMP 11/1/2022
10:05:00 (vendx) IN: {CAD} fay@pc7\x20\x20
17:00:00 (lmgrd) SHUTDOWN request from root at node LICSYN
17:00:00 (vendx) IN: {CAD} bob@pc4  (SHUTDOWN)
17:00:01 (vendx) EXITING DUE TO SIGNAL 15
17:00:02 (lmgrd) vendx exited with status 58 signal = 15
 8:00:00 {RULE}
 8:00:00 (lmgrd)   Please Note:
 8:00:00 {RULE}
 8:00:01 (lmgrd) FlexNet Licensing (v11.19.0.0 build 285339 x64_lsb) started on licsyn (linux) (11/2/2022)
 8:00:01 (lmgrd) Started vendx (pid 99)
 8:05:00 (vendx) OUT: {BIM} gus@pc8\x20\x20
 8:05:10 (lmgrd) REStarted vendx (internet tcp_port 27001 pid 100)
 8:06:00 (vendx) OUT: {BIM} gus@pc8\x20\x20
 8:07:00 (vendx) IN: {BIM} gus@pc8\x20\x20
 8:08:00 (vendx) IN: {BIM} ghost@pc8\x20\x20
"""
spring = f"""\
22:00:00 {RULE}
22:00:00 (lmgrd) FlexNet Licensing (v11.19.0.0 build 285339 x64_lsb) started on LICSYN (linux) (3/25/2023)
22:00:01 (lmgrd) Started vendx (pid 7)
23:30:00 (vendx) OUT: {CAD} hal@pc9\x20\x20
 1:59:59 (vendx) IN: {CAD} hal@pc9\x20\x20
 2:30:00 (vendx) OUT: {CAD} hal@pc9\x20\x20
 3:30:00 (vendx) IN: {CAD} hal@pc9\x20\x20
 4:00:00 (lmgrd) TIMESTAMP 3/26/2023
 4:01:00 (vendx) OUT: "33333ADDON_2022_0F" María@pc9\x20\x20
2023-03-26T05:00:00.123+02:00 (vendx) OUT: {CAD} ivy@pc10\x20\x20
2023-03-26T05:10:00Z (vendx) IN: {CAD} ivy@pc10\x20\x20
 5:11:00 (vendx) EXPIRED: {BIM} ivy@pc10\x20\x20
 5:12:00 (vendx) DOWNGRADE: {BIM} ivy@pc10\x20\x20
"""
with open("synthetic.log", "wb") as log:
    log.write(first_days.encode())
    log.write(spring.replace("\n", "\r\n").encode())
    log.write(f" 5:13:00 (vendx) OUT: {CAD} cut@p".encode())
