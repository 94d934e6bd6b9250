import Foundation
import Glibc
import Testing

@testable import Files

@Suite struct FileLockTests {
    @Test func theSecondIsRefusedByName() throws {
        let scratch = try Scratch()
        let lock = try FileLock(directory: scratch.folder)
        let error = try #require(message { try FileLock(directory: scratch.folder) })
        #expect(error.contains("'\(scratch.folder)' is in use by process \(getpid()) on host '"))
        #expect(
            String(decoding: try scratch.read(".lock"), as: UTF8.self).hasPrefix("\(getpid()) "))
        lock.release()
        let next = try FileLock(directory: scratch.folder)
        next.release()
        next.release()
        #expect(try scratch.read(".lock").isEmpty)
    }

    /// A child that has been forked, but is not its own program yet, holds all files of its parent.
    @Test func childrenDoNotHoldTheLock() throws {
        let scratch = try Scratch()
        let spawning = Thread {
            while !Thread.current.isCancelled {
                var pid: pid_t = 0
                var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
                if posix_spawn(&pid, "/bin/true", nil, nil, &arguments, nil) == 0 {
                    waitpid(pid, nil, 0)
                }
                arguments.forEach { free($0) }
            }
        }
        spawning.start()
        defer { spawning.cancel() }
        for _ in 0..<2000 {
            try FileLock(directory: scratch.folder).release()
        }
    }

    @Test func dyingFreesTheLock() throws {
        let scratch = try Scratch()
        // Another process holds the lock while it sleeps; then it is killed.
        var pid: pid_t = 0
        let script =
            "exec 9>'\(scratch.path(".lock"))'; flock -n 9; echo 4242 far >&9; "
            + "touch '\(scratch.path("ready"))'; exec sleep 60"
        let arguments: [UnsafeMutablePointer<CChar>?] = [
            strdup("sh"), strdup("-c"), strdup(script), nil,
        ]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawn(&pid, "/bin/sh", nil, nil, arguments, nil) == 0)
        var patience = 1000
        while access(scratch.path("ready"), F_OK) != 0 && patience > 0 {
            usleep(5000)
            patience -= 1
        }
        #expect(
            message { try FileLock(directory: scratch.folder) }?
                .contains("in use by process 4242 on host 'far'") == true)
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
        #expect(throws: Never.self) { try FileLock(directory: scratch.folder).release() }
    }

    @Test func deadLettersDoNotBlock() throws {
        let scratch = try Scratch()
        try scratch.write([UInt8]("1 elsewhere\nand a long tail of an older holder".utf8), ".lock")
        let lock = try FileLock(directory: scratch.folder)
        #expect(
            String(decoding: try scratch.read(".lock"), as: UTF8.self).split(separator: " ").count
                == 2)
        lock.release()
        #expect(message { try FileLock(directory: "/absent") }?.contains("No such file") == true)
    }
}
