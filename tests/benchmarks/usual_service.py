"""The usual service: what a stamp server mostly looks like, written as well as such a one can be.

One request and one ORM transaction for each stamp, with its eight statements: find the card, the program, the PIN row,
count today's stamps, lock the card, insert the stamp, update the card, refresh it. Everything that helps and keeps that
shape is done: the indexes fit, connections are pooled, statements are cached, nothing is loaded that is not read, and
of what our server does more (idempotency, signatures of tills, the feed) it does nothing.
"""

import os
import uuid
from datetime import UTC, datetime, time, timedelta

from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from common.clock import SystemClock

DATABASE_URL = "USUAL_DATABASE_URL"


class Base(DeclarativeBase):
    """The service's tables."""


class Program(Base):
    __tablename__ = "programs"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stamps_target: Mapped[int]
    daily_limit: Mapped[int]
    cooldown_minutes: Mapped[int]
    active: Mapped[bool]


class StaffPin(Base):
    __tablename__ = "staff_pins"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    program_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programs.id"))
    active: Mapped[bool]


class Card(Base):
    __tablename__ = "cards"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    program_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("programs.id"))
    token: Mapped[str] = mapped_column(String, unique=True)
    stamp_count: Mapped[int]
    lifetime_stamps: Mapped[int]
    last_stamp_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    active: Mapped[bool]


class StampRow(Base):
    __tablename__ = "stamps"
    __table_args__ = (Index("stamps_of_card", "card_id", "stamped_at"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    card_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("cards.id"))
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("staff_pins.id"))
    stamped_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class StampRequest(BaseModel):
    token: str
    staff_id: uuid.UUID


class StampAnswer(BaseModel):
    stamp_count: int
    stamps_until_reward: int
    stamps_today: int


def stamp(request: Request, body: StampRequest) -> StampAnswer:
    """Give one stamp, in a session of its own: one given by a dependency would cost two more changes of threads."""
    make_session: sessionmaker[Session] = request.app.state.make_session
    with make_session() as session:
        return _stamp(session, body)


def _stamp(session: Session, body: StampRequest) -> StampAnswer:
    now = SystemClock().now()
    card = session.scalar(select(Card).where(Card.token == body.token))
    if card is None or not card.active:
        raise HTTPException(404, "card not found")
    program = session.get(Program, card.program_id)
    if program is None or not program.active:
        raise HTTPException(409, "program inactive")
    staff = session.get(StaffPin, body.staff_id)
    if staff is None or not staff.active:
        raise HTTPException(403, "staff not allowed")
    midnight = datetime.combine(now.date(), time(), UTC)
    today = session.scalar(select(func.count()).where(StampRow.card_id == card.id, StampRow.stamped_at >= midnight))
    if (today or 0) >= program.daily_limit:
        raise HTTPException(409, "daily limit")
    session.refresh(card, with_for_update=True)
    cooldown = timedelta(minutes=program.cooldown_minutes)
    if card.last_stamp_at is not None and now - card.last_stamp_at < cooldown:
        raise HTTPException(409, "cooldown")
    session.add(StampRow(card_id=card.id, staff_id=staff.id, stamped_at=now))
    card.stamp_count += 1
    card.lifetime_stamps += 1
    card.last_stamp_at = now
    session.flush()
    session.refresh(card)
    answer = StampAnswer(
        stamp_count=card.stamp_count,
        stamps_until_reward=max(0, program.stamps_target - card.stamp_count),
        stamps_today=(today or 0) + 1,
    )
    session.commit()
    return answer


def make_app() -> FastAPI:
    """The service on the database that the environment names."""
    engine = create_engine(os.environ[DATABASE_URL], pool_size=20, max_overflow=0)
    app = FastAPI()
    app.state.make_session = sessionmaker(engine, expire_on_commit=False)
    app.post("/stamps")(stamp)
    return app


def fill(url: str, card_count: int) -> tuple[uuid.UUID, list[str]]:
    """Makes the tables and one program; returns its staff member, and the tokens of its cards."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    program = Program(id=uuid.UUID(int=1), stamps_target=10, daily_limit=1_000, cooldown_minutes=0, active=True)
    staff = StaffPin(id=uuid.UUID(int=2), program_id=program.id, active=True)
    tokens = [f"TS1-{number:026}" for number in range(card_count)]
    with Session(engine) as session:
        session.add(program)
        session.flush()
        session.add(staff)
        session.add_all(
            Card(
                id=uuid.uuid5(program.id, token),
                program_id=program.id,
                token=token,
                stamp_count=0,
                lifetime_stamps=0,
                last_stamp_at=None,
                active=True,
            )
            for token in tokens
        )
        session.commit()
        staff_id = staff.id
    engine.dispose()
    return staff_id, tokens
